#!lua flags=allow-oom
-- Take, keep or hand back the lease of a shard.
-- Allowed when Redis is full: without a holder nothing would be trimmed.
--
-- KEYS  1 the lease (string "process:epoch")
--       2 its meta hash (epoch: the highest that ever held it)
-- ARGV  1 "process:epoch"   2 life in ms (0: hand it back)   3 epoch
-- Returns {1, life left in ms, epoch} when held by the caller, {0, life left in ms, epoch} when another's or handed back.
-- Errors  FENCED <epoch>   a newer holder has been here: the caller must stop
local lease_key, meta = KEYS[1], KEYS[2]
local holder, life_ms, epoch = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local highest = tonumber(redis.call('HGET', meta, 'epoch')) or 0
if epoch < highest then
  return redis.error_reply('FENCED ' .. highest)
end

local current = redis.call('GET', lease_key)
if life_ms == 0 then
  if current == holder then
    redis.call('DEL', lease_key)
  end
  return {0, 0, highest}
end
if current and current ~= holder then
  return {0, redis.call('PTTL', lease_key), highest}
end
redis.call('SET', lease_key, holder, 'PX', life_ms)
redis.call('HSET', meta, 'epoch', epoch)
return {1, life_ms, epoch}
