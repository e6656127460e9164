#!lua
-- Give a challenge a new code, if the time for one has come.
--
-- KEYS  1 the challenge (hash: digest, phone, purpose, tries, sends, sent_at, expires_at)
-- ARGV  1 digest of the new code   2 now (ms)   3 life of a code (ms)   4.. the waits before each resend (ms);
--       the last one counts for all further ones
-- Returns {1, phone, next wait in ms}, {0, wait still to go in ms}, or {-1} where there is no such challenge any more.
local challenge = KEYS[1]
local digest, now, life = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local known = redis.call('HMGET', challenge, 'phone', 'sends', 'sent_at', 'expires_at')
if not known[1] or tonumber(known[4]) <= now then
  return {-1}
end
local function wait_after(sends)
  return tonumber(ARGV[math.min(3 + sends, #ARGV)])
end
local sends = tonumber(known[2])
local rest = tonumber(known[3]) + wait_after(sends) - now
if rest > 0 then
  return {0, rest}
end
redis.call('HSET', challenge, 'digest', digest, 'tries', 0, 'sends', sends + 1, 'sent_at', now, 'expires_at', now + life)
redis.call('PEXPIRE', challenge, life)
return {1, known[1], wait_after(sends + 1)}
