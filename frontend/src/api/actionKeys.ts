// A key for each thing that a person does, by which the server knows a request that is sent again.
import { newRandomKey } from './randomKey'

const unanswered = new Map<string, string>()

const nameOf = (path: string, body: string | undefined) => `${path} ${body ?? ''}`

/** The key of an action: the same one until the server has answered, whoever clicks again. */
export function actionKey(path: string, body?: string): string {
  const key = unanswered.get(nameOf(path, body)) ?? newRandomKey()
  unanswered.set(nameOf(path, body), key)
  return key
}

/** Forgets the key once an answer is here: the same words are then said for a second time. */
export function actionIsAnswered(path: string, body?: string) {
  unanswered.delete(nameOf(path, body))
}
