-- Requests every account once, in a scattered order; each thread has its own share.
function begin()
  step = number
end
function request()
  local n = (step * 7368787) % config.accounts
  step = step + 2
  return fetch(n)
end
