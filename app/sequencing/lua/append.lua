#!lua
-- Append accepted commands to their shard's write-ahead stream, in order, each once per client id.
--
-- KEYS  1 the shard's stream; then for each command: its conversation's hash (committed, pending), its sent key
-- ARGV  1 replying process   2 backlog limit (entries)   3 oldest age allowed (ms)
--       then for each command: conversation, sender, client id, content hash, payload (JSON)
-- Returns for each command:
--   {"OK", stream id}       it is new
--   {"DUP", sent value}     its client id is known
--   {"CIDREUSE", number}    its client id is known with another content
--   {"NEEDSEED"}            the conversation's hash is unknown here: seed it and ask again
--   {"BACKLOG", entries}    the stream is full, or its oldest entry too old
local stream, reply_to = KEYS[1], ARGV[1]
local backlog_limit, oldest_allowed_ms = tonumber(ARGV[2]), tonumber(ARGV[3])
local per_command_keys, per_command_arguments = 2, 5

local backlog = redis.call('XLEN', stream)
local stands_still = false
if backlog > 0 then
  local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  local time = redis.call('TIME')
  local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
  stands_still = now_ms - tonumber(string.match(oldest[1], '^(%d+)')) > oldest_allowed_ms
end

local function append(conversation_hash, sent_key, conversation, sender, client_id, content_hash, payload)
  local known = redis.call('GET', sent_key)
  if known then
    local seq, hash = string.match(known, '^%a+:(%d+):(%x+)')
    if hash ~= content_hash then
      return {'CIDREUSE', seq}
    end
    return {'DUP', known}
  end
  if redis.call('HEXISTS', conversation_hash, 'committed') == 0 then
    return {'NEEDSEED'}
  end
  if backlog >= backlog_limit or stands_still then
    return {'BACKLOG', tostring(backlog)}
  end
  backlog = backlog + 1
  redis.call('HINCRBY', conversation_hash, 'pending', 1)
  local id = redis.call('XADD', stream, '*',
    'conversation', conversation, 'sender', sender, 'client_id', client_id,
    'hash', content_hash, 'payload', payload, 'reply_to', reply_to)
  redis.call('SET', sent_key, 'pending:0:' .. content_hash .. ':0:0')
  return {'OK', id}
end

local answers = {}
local key, argument = 2, 4
while key < #KEYS do
  answers[#answers + 1] = append(KEYS[key], KEYS[key + 1], unpack(ARGV, argument, argument + per_command_arguments - 1))
  key, argument = key + per_command_keys, argument + per_command_arguments
end
return answers
