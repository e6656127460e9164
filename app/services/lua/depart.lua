#!lua
-- Take a user off the list of those heard lately, unless they were heard again meanwhile. One caller wins.
--
-- KEYS  1 the list (sorted set user -> last beat in ms)
-- ARGV  1 user   2 moment in ms: a later beat keeps the user on the list
-- Returns the last beat in ms where this call took the user off, else an empty string.
local online, user, moment = KEYS[1], ARGV[1], tonumber(ARGV[2])

local beat = redis.call('ZSCORE', online, user)
if not beat or tonumber(beat) > moment then
  return ''
end
redis.call('ZREM', online, user)
return beat
