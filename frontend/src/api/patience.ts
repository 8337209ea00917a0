// Waits where the server says that too much was asked at once, then asks again.

const MOST_WAITS = 4
const LONGEST_WAIT_SECONDS = 60

/** The answer to a request, after waiting as long as an answer 429 says. */
export async function patiently(ask: () => Promise<Response>): Promise<Response> {
  for (let waits = 0; ; waits += 1) {
    const response = await ask()
    const seconds = Number(response.headers.get('Retry-After') ?? NaN)
    const worthIt = Number.isFinite(seconds) && seconds <= LONGEST_WAIT_SECONDS
    if (response.status !== 429 || !worthIt || waits === MOST_WAITS) return response
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  }
}
