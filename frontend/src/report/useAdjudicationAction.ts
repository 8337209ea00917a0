import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '../api/queries'
import type { Adjudication } from '../api/types'

/** A step of the adjudication, which moves the study on, too. */
export function useAdjudicationAction<Variables>(
  studyId: string,
  act: (variables: Variables) => Promise<Adjudication>,
  onDone: () => void,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: async (adjudication) => {
      onDone()
      queryClient.setQueryData(keys.adjudication(studyId), adjudication)
      await queryClient.invalidateQueries({ queryKey: keys.study(studyId), exact: true })
      await queryClient.invalidateQueries({ queryKey: keys.signatures(studyId) })
      await queryClient.invalidateQueries({ queryKey: keys.studies })
    },
  })
}
