#!lua
-- A claimed user was told: take them off the list, or put them back for later. News that came meanwhile stays due.
--
-- KEYS  1 who is due (sorted set user -> when in ms)
-- ARGV  1 user   2 the claim   3 in how many ms they are due again ("" for not at all)
-- Returns 1 where the claim still held, else 0.
local due, user, claim, again = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local score = redis.call('ZSCORE', due, user)
if not score or tonumber(score) ~= tonumber(claim) then
  return 0
end
if again == '' then
  redis.call('ZREM', due, user)
else
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  redis.call('ZADD', due, string.format('%.0f', now + tonumber(again)), user)
end
return 1
