#!lua
-- Reckon whether a user is online from the beats of their sockets, optionally after recording one more beat.
--
-- KEYS  1 the user's sockets (hash socket -> "server|visible|beat", and "state" -> the state told last)
-- ARGV  1 socket ("" to record nothing)   2 server   3 visible ("1" or "0")   4 life of a beat in ms   5 life of the hash in s
-- Returns {state told before, state now, this moment in ms}; a state is "online", "away" or "offline".
-- The clock is this server's, so that web servers whose clocks differ agree about who is here.
local sockets = KEYS[1]
local socket, server, visible = ARGV[1], ARGV[2], ARGV[3]
local life_ms, life_s = tonumber(ARGV[4]), tonumber(ARGV[5])

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if socket ~= '' then
  redis.call('HSET', sockets, socket, server .. '|' .. visible .. '|' .. string.format('%.0f', now))
end

local before, state = 'offline', 'offline'
local fields = redis.call('HGETALL', sockets)
for i = 1, #fields, 2 do
  if fields[i] == 'state' then
    before = fields[i + 1]
  else
    local seen, beat = string.match(fields[i + 1], '|([01])|(%d+)$')
    if not beat or now - tonumber(beat) > life_ms then
      redis.call('HDEL', sockets, fields[i])
    elseif seen == '1' then
      state = 'online'
    elseif state == 'offline' then
      state = 'away'
    end
  end
end

if state == 'offline' then
  redis.call('DEL', sockets)
else
  redis.call('HSET', sockets, 'state', state)
  if socket ~= '' then
    redis.call('EXPIRE', sockets, life_s)
  end
end
return {before, state, string.format('%.0f', now)}
