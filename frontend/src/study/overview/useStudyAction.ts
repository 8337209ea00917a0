import { useMutation, useQueryClient } from '@tanstack/react-query'
import { keys } from '../../api/queries'
import type { Study } from '../../api/types'

/** A step in the life of a study that answers with the study as it is afterwards. */
export function useStudyAction<Variables>(
  act: (variables: Variables) => Promise<Study>,
  onDone: () => void,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: async (study) => {
      onDone()
      queryClient.setQueryData(keys.study(study.id), study)
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: keys.studies }),
        queryClient.invalidateQueries({ queryKey: keys.progress(study.id) }),
        queryClient.invalidateQueries({ queryKey: keys.cases(study.id) }),
      ])
    },
  })
}
