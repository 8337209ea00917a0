import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { getSession } from '../api/client'
import { keys } from '../api/queries'
import type { Joined } from '../api/types'
import { PLACE_OF, ROLE_NAME } from '../study/roles'

/** Joins, then goes to the study's pages, or to the list of studies where it is read. */
export function useJoin<Variables>(join: (variables: Variables) => Promise<Joined>) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: join,
    onSuccess: async ({ study_id, role }) => {
      queryClient.setQueryData(keys.session, await getSession())
      queryClient.removeQueries({ queryKey: keys.studies })
      queryClient.removeQueries({ queryKey: keys.study(study_id) })
      notifications.show({ message: `You have joined as ${ROLE_NAME[role].toLowerCase()}.` })
      await navigate(PLACE_OF[role] === 'study' ? `/studies/${study_id}` : '/', { replace: true })
    },
  })
}
