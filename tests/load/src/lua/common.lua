-- Requests of all wrk scenarios. The configuration is a Lua table in a separate file, because it contains API keys.
local alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
local pairs_of = {}
for i = 0, 1023 do
  local high = math.floor(i / 32)
  pairs_of[i] = alphabet:sub(high + 1, high + 1) .. alphabet:sub(i % 32 + 1, i % 32 + 1)
end

-- The last eight characters of an account's id.
function suffix(n)
  local d = n % 1024
  n = (n - d) / 1024
  local c = n % 1024
  n = (n - c) / 1024
  local b = n % 1024
  local a = (n - b) / 1024
  return pairs_of[a] .. pairs_of[b] .. pairs_of[c] .. pairs_of[d]
end

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  config = dofile(args[1])
  tenants = #config.keys
  headers = {}
  for i, key in ipairs(config.keys) do
    headers[i] = "Host: " .. config.host .. "\r\nAuthorization: Bearer " .. key .. "\r\n"
  end
  math.randomseed(config.seed + number)
  for _ = 1, 10 do math.random() end
  if begin then begin() end
end

-- A request for the token of account n.
function fetch(n)
  return "POST /v1/accounts/" .. config.prefix .. suffix(n) .. "/token HTTP/1.1\r\n"
    .. headers[n % tenants + 1] .. "Content-Length: 0\r\n\r\n"
end

function with_body(path, tenant, body)
  return "POST " .. path .. " HTTP/1.1\r\n" .. headers[tenant + 1]
    .. "Content-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"micros":%d,"refused":%d,"broken":%d,"p50":%d,"p90":%d,"p99":%d,"p999":%d}\n',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9)))
end
