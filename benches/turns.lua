-- Sends the arguments in turn as the header Authorization.
local requests, turn = {}, 0

function init(arguments)
  for number, authorization in ipairs(arguments) do
    requests[number] = wrk.format(nil, nil, { Authorization = authorization })
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
