#!lua
-- Append an accepted command to its shard's write-ahead stream, once per client id.
--
-- KEYS  1 the conversation's hash (committed, pending)
--       2 the sent key of this sender and client id
--       3 the shard's stream
-- ARGV  1 conversation   2 sender   3 client id   4 content hash
--       5 payload (JSON) 6 replying process   7 backlog limit (entries)   8 oldest age allowed (ms)
-- Returns {"OK", stream id, proposed number} or {"DUP", sent value}.
-- Errors  CIDREUSE <number>   the client id is known with another content
--         NEEDSEED            the conversation's hash is unknown here: seed it and ask again
--         BACKLOG <entries>   the stream is full, or its oldest entry too old
local conversation_hash, sent_key, stream = KEYS[1], KEYS[2], KEYS[3]
local conversation, sender, client_id, content_hash = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local payload, reply_to = ARGV[5], ARGV[6]
local backlog_limit, oldest_allowed_ms = tonumber(ARGV[7]), tonumber(ARGV[8])

local known = redis.call('GET', sent_key)
if known then
  local seq, hash = string.match(known, '^%a+:(%d+):(%x+)')
  if hash ~= content_hash then
    return redis.error_reply('CIDREUSE ' .. seq)
  end
  return {'DUP', known}
end

local committed = redis.call('HGET', conversation_hash, 'committed')
if not committed then
  return redis.error_reply('NEEDSEED')
end

local backlog = redis.call('XLEN', stream)
if backlog > 0 then
  local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  local time = redis.call('TIME')
  local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
  local age_ms = now_ms - tonumber(string.match(oldest[1], '^(%d+)'))
  if backlog >= backlog_limit or age_ms > oldest_allowed_ms then
    return redis.error_reply('BACKLOG ' .. backlog)
  end
end

local pending = redis.call('HINCRBY', conversation_hash, 'pending', 1)
local id = redis.call('XADD', stream, '*',
  'conversation', conversation, 'sender', sender, 'client_id', client_id,
  'hash', content_hash, 'payload', payload, 'reply_to', reply_to)
redis.call('SET', sent_key, 'pending:0:' .. content_hash .. ':0:0')
return {'OK', id, committed + pending}
