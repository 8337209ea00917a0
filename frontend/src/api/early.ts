/** Answers that were asked for before the page that wants them was there. */

const KEPT_MS = 10_000

const answers = new Map<string, Promise<Response>>()

/**
 * Ask for `path` now. Whoever asks for it next gets this answer, if it is a good one; `query` adds
 * on what conditions there is to be one.
 */
export async function askEarly<T>(path: string, query = ''): Promise<T | null> {
  const asked = fetch(path + query, {
    headers: { Accept: 'application/json' },
    credentials: 'same-origin',
  })
  answers.set(path, asked)
  const drop = () => {
    if (answers.get(path) !== asked) return
    answers.delete(path)
    // An answer that nobody reads would hold its connection.
    asked.then((answer) => answer.body?.cancel()).catch(() => undefined)
  }
  setTimeout(drop, KEPT_MS)
  try {
    const answer = await asked
    if (answer.status === 200) return (await answer.clone().json()) as T
  } catch {
    // The page asks again, and says what is wrong.
  }
  drop()
  return null
}

/** The answer that was asked for early, once. */
export function earlyAnswer(path: string): Promise<Response> | undefined {
  const answer = answers.get(path)
  answers.delete(path)
  return answer
}
