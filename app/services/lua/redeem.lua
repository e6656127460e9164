#!lua
-- Try a sign-in code: count the guess, and use the challenge up if it is right.
--
-- KEYS  1 the challenge (hash: digest, phone, purpose, tries, sends, sent_at, expires_at)
-- ARGV  1 digest of the code given   2 now (ms)   3 guesses allowed
-- Returns {1, phone, purpose} where it was right, else {0}: wrong, used up, too old and never heard of look the same.
local challenge = KEYS[1]
local digest, now, allowed = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local known = redis.call('HMGET', challenge, 'digest', 'phone', 'purpose', 'expires_at')
if not known[1] or tonumber(known[4]) <= now then
  return {0}
end
if redis.call('HINCRBY', challenge, 'tries', 1) > allowed then
  return {0}
end
if known[1] ~= digest then
  return {0}
end
redis.call('DEL', challenge)
return {1, known[2], known[3]}
