-- The load of one measurement. The first argument is a Lua file that returns a list with one entry a thread: a list of
-- requests {method, path, headers, body}, sent in turn. In a body, "{n}" is the number of the request in its thread,
-- from 1, and "{v}" counts up from the request's own `version`.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  local plans = dofile(args[1])
  plan = plans[(number - 1) % #plans + 1]
  sent = 0
  versions = {}
end

function request()
  if number == 1 and not tried then
    tried = true -- before the load wrk asks the first thread once, and sends it to nobody
    return wrk.format("GET", "/")
  end
  sent = sent + 1
  local place = (sent - 1) % #plan + 1
  local chosen = plan[place]
  local body = chosen.body
  if body then
    versions[place] = (versions[place] or (chosen.version - 1)) + 1
    body = body:gsub("{n}", tostring(sent)):gsub("{v}", tostring(versions[place]))
  end
  return wrk.format(chosen.method, chosen.path, chosen.headers, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests": %d, "seconds": %f, "p50": %f, "p95": %f, "p99": %f, "slowest": %f, "bytes": %d, '
    .. '"refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
