#!lua
-- Strike a conversation from a user's queue once everything in it was delivered.
--
-- KEYS  1 the queue (sorted set conversation -> head)
-- ARGV  1 conversation   2 the number delivered
-- Returns 1 where it was struck, else 0: it was not there, or something newer arrived.
local queue, conversation, delivered = KEYS[1], ARGV[1], tonumber(ARGV[2])

local head = redis.call('ZSCORE', queue, conversation)
if not head or tonumber(head) > delivered then
  return 0
end
return redis.call('ZREM', queue, conversation)
