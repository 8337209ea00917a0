import { useQueryClient } from '@tanstack/react-query'
import { ApiError, type Proof, type TypedSignature } from '../api/client'
import { keys, useSignatures } from '../api/queries'
import type { ToSign } from '../api/types'

/** What a final step asks to be signed: nothing in a study without signatures. */
export function useSignedStep(studyId: string, kind: ToSign['kind'], enabled: boolean) {
  const queries = useQueryClient()
  const signatures = useSignatures(studyId, enabled)
  const waits = signatures.data?.to_sign.find((row) => row.kind === kind)
  return {
    isLoading: enabled && signatures.isFetching && !signatures.data,
    signs: waits && {
      printedName: signatures.data?.printed_name ?? '',
      meaning: waits.meaning,
    },
    signature: (proof: Proof): TypedSignature | undefined =>
      waits && { record_sha256: waits.record_sha256, ...proof },
    /** What changed since it was shown is fetched again, so that the next try signs that. */
    onRefused: (error: Error) => {
      if (error instanceof ApiError && error.status === 409) {
        void queries.invalidateQueries({ queryKey: keys.signatures(studyId) })
      }
    },
  }
}
