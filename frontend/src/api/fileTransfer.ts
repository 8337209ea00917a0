import { ApiError, csrfToken, NO_CONNECTION, parseJson, problemMessage } from './client'

/** Sends a file as it is. Not fetch, which does not say how much has left. */
export function putFile(
  path: string,
  file: File,
  onProgress: (share: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', path)
    request.setRequestHeader('Content-Type', 'application/zip')
    request.setRequestHeader('X-CSRFToken', csrfToken())
    request.upload.onprogress = ({ loaded, total }) => {
      onProgress(total > 0 ? loaded / total : 0)
    }
    request.onerror = () => {
      reject(new ApiError(NO_CONNECTION, 0))
    }
    request.onload = () => {
      if (request.status < 300) {
        resolve()
        return
      }
      const message = problemMessage(request.status, parseJson(request.responseText))
      reject(new ApiError(message, request.status))
    }
    request.send(file)
  })
}
