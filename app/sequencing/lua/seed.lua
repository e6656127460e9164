#!lua
-- Tell Redis how far a conversation is, if it does not know.
--
-- KEYS  1 the conversation's hash
-- ARGV  1 MongoDB's majority maximum (0: the log is empty)
-- Returns the number that stands now: an existing one is never lowered, a smaller one is raised.
local conversation_hash = KEYS[1]
local maximum = tonumber(ARGV[1])

local committed = tonumber(redis.call('HGET', conversation_hash, 'committed'))
if not committed or committed < maximum then
  redis.call('HSET', conversation_hash, 'committed', maximum)
  committed = maximum
end
redis.call('HSETNX', conversation_hash, 'pending', 0)
return committed
