import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '../../api/queries'

/** Something done to a study's cases: afterwards every page of the study asks anew. */
export function useCaseAction<Variables, Result>(
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
