#!lua flags=allow-oom
-- Trim what is committed and announced from a shard's stream. Run last, for facts only; running it again does no harm.
-- Allowed when Redis is full: trimming is what frees its memory.
--
-- KEYS  1 the stream; then for each conversation: its hash, and one sent key for each of its entries
-- ARGV  1 life of a sent key in seconds   2 number of conversations
--       then for each conversation: the committed number, the count of its entries,
--       and for each entry: stream id, sent value ("" for a refused one: its client id may be used again)
-- Returns the number of entries trimmed.
local stream = KEYS[1]
local sent_life_s, conversations = tonumber(ARGV[1]), tonumber(ARGV[2])

local trimmed = 0
local key, argument = 2, 3
for _ = 1, conversations do
  local conversation_hash = KEYS[key]
  local committed, count = tonumber(ARGV[argument]), tonumber(ARGV[argument + 1])
  key, argument = key + 1, argument + 2
  local gone = 0
  for _ = 1, count do
    local id, value = ARGV[argument], ARGV[argument + 1]
    if value == '' then
      redis.call('DEL', KEYS[key])
    else
      redis.call('SET', KEYS[key], value, 'EX', sent_life_s)
    end
    gone = gone + redis.call('XDEL', stream, id)
    key, argument = key + 1, argument + 2
  end
  local pending = (tonumber(redis.call('HGET', conversation_hash, 'pending')) or 0) - gone
  if pending < 0 then
    pending = 0
  end
  local known = tonumber(redis.call('HGET', conversation_hash, 'committed')) or 0
  if known > committed then
    committed = known
  end
  redis.call('HSET', conversation_hash, 'pending', string.format('%d', pending),
    'committed', string.format('%d', committed))
  trimmed = trimmed + gone
end
return trimmed
