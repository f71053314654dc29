-- Every account once, in an order that jumps about, each thread its own share.
function begin()
  step = number
end
function request()
  local n = (step * 7368787) % config.accounts
  step = step + 2
  return fetch(n)
end
