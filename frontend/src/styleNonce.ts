/** The page's policy lets only those <style> tags count that carry the nonce of its HTML. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

/** What Mantine's dialogs scroll with asks here for the nonce of its own <style> tag. */
Object.assign(globalThis, { __webpack_nonce__: styleNonce() })
