"""What only development needs: embedded servers, the supervisor behind `make run`, build steps."""
