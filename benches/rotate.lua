-- Sends each argument, one after the other, as the Authorization header.
local requests, sent = {}, 0

function init(arguments)
  for number, authorization in ipairs(arguments) do
    requests[number] = wrk.format(nil, nil, { Authorization = authorization })
  end
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end
