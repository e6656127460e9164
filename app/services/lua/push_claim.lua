#!lua
-- Claim users who are to be told by push: nobody else gets them while the claim holds.
--
-- KEYS  1 who is due (sorted set user -> when in ms)
-- ARGV  1 how many at most   2 how long the claim holds, in ms
-- Returns {the claim (the moment at which it ends, in ms), user, user, ...}.
local due, most, hold = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local claim = string.format('%.0f', now + hold)
local users = redis.call('ZRANGE', due, '-inf', now, 'BYSCORE', 'LIMIT', 0, most)
for _, user in ipairs(users) do
  redis.call('ZADD', due, claim, user)
end
table.insert(users, 1, claim)
return users
