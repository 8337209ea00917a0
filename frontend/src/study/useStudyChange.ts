import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '../api/queries'

/** A change within a study, after which all its pages ask anew. */
export function useStudyChange<Variables, Result>(
  studyId: string,
  act: (variables: Variables) => Promise<Result>,
  onDone: (result: Result) => void,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: async (result) => {
      onDone(result)
      await queryClient.invalidateQueries({ queryKey: keys.study(studyId) })
    },
  })
}
