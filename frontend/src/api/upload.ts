import { ApiError, csrfToken, NO_CONNECTION, parseJson, problemMessage } from './client'
import type { Upload } from './types'

export interface UploadProgress {
  sentBytes: number
  totalBytes: number
}

export interface RunningUpload {
  finished: Promise<Upload>
  cancel: () => void
}

/** The place of a file inside the folder that was chosen or dropped; its name if it came alone. */
export function pathInFolder(file: File): string {
  const dropped = 'path' in file && typeof file.path === 'string' ? file.path : ''
  const path = file.webkitRelativePath || dropped || file.name
  return path.replace(/^(?:\.?\/)+/, '')
}

/** Sends files in one multipart request. fetch cannot report how much it has sent, so this is XHR. */
export function uploadFiles(
  studyId: string,
  site: string,
  files: readonly File[],
  onProgress: (progress: UploadProgress) => void,
): RunningUpload {
  const xhr = new XMLHttpRequest()
  const finished = new Promise<Upload>((resolve, reject) => {
    xhr.upload.onprogress = (event) => {
      onProgress({ sentBytes: event.loaded, totalBytes: event.total })
    }
    xhr.onload = () => {
      const body = parseJson(xhr.responseText)
      if (xhr.status === 201) resolve(body as Upload)
      else reject(new ApiError(problemMessage(xhr.status, body), xhr.status, body))
    }
    xhr.onerror = () => {
      reject(new ApiError(NO_CONNECTION, 0))
    }
    xhr.onabort = () => {
      reject(new ApiError('The upload was cancelled. Nothing of it was kept.', 0))
    }
  })
  xhr.open('POST', `/api/studies/${studyId}/uploads`)
  xhr.setRequestHeader('Accept', 'application/json')
  xhr.setRequestHeader('X-CSRFToken', csrfToken())
  xhr.send(uploadForm(site, files))
  return {
    finished,
    cancel: () => {
      xhr.abort()
    },
  }
}

function uploadForm(site: string, files: readonly File[]): FormData {
  const form = new FormData()
  form.append('site', site)
  for (const file of files) {
    form.append('files', file, file.name)
    form.append('paths', pathInFolder(file))
  }
  return form
}
