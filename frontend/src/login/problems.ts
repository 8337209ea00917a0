const PROBLEMS: Record<string, string> = {
  'no-account':
    'You have no account here that belongs to this identity. Log in with your password once and link it on the page Account, or ask the administrator.',
  directory: 'That did not work, or was cancelled. Try again, or log in with your password.',
  linked: 'That identity belongs to another account, or this account to another identity.',
}

/** What went wrong on the way through a directory, as the address of the page tells it. */
export function directoryProblem(search: string): string | null {
  return PROBLEMS[new URLSearchParams(search).get('problem') ?? ''] ?? null
}
