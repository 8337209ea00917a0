import { askForPasskey } from '../api/client'
import type { PasskeyQuestion } from '../api/types'

/** Browsers have passkeys on pages that came over HTTPS, or from this very machine. */
export const knowsPasskeys = () =>
  window.isSecureContext &&
  'PublicKeyCredential' in window &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential

const NOT_SHOWN = 'No passkey was shown. Try again, or log in another way.'

/** What the person's passkey answers to the server. */
export async function showPasskey(): Promise<unknown> {
  const question = await askForPasskey()
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    question.publicKey as unknown as PublicKeyCredentialRequestOptionsJSON,
  )
  return answerOf(() => navigator.credentials.get({ publicKey }), NOT_SHOWN)
}

/** A new passkey, as the server takes it. */
export async function makePasskey(question: PasskeyQuestion): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    question.publicKey as unknown as PublicKeyCredentialCreationOptionsJSON,
  )
  return answerOf(
    () => navigator.credentials.create({ publicKey }),
    'No passkey was made. Try again, perhaps with another device.',
  )
}

async function answerOf(
  ask: () => Promise<Credential | null>,
  refusal: string,
): Promise<unknown> {
  const credential = await ask().catch(() => null)
  if (!(credential instanceof PublicKeyCredential)) throw new Error(refusal)
  return credential.toJSON()
}
