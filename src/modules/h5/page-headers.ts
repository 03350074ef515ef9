/** What a page may do: load its own files, talk to this service, show what a camera gives. No inline code, no eval. */
const POLICY: Record<string, string[]> = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'media-src': ["'self'", 'blob:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'self'"],
};

const ALLOWED_FEATURES = ['camera', 'microphone', 'autoplay', 'fullscreen', 'clipboard-write'];
const REFUSED_FEATURES = ['geolocation', 'display-capture', 'payment', 'usb', 'bluetooth', 'midi'];

/** Headers of the pages, in place of those that answers of the API have. */
export function pageHeaders(): Record<string, string> {
  return {
    'Content-Security-Policy': Object.entries(POLICY)
      .map(([name, sources]) => `${name} ${sources.join(' ')}`)
      .join('; '),
    'Permissions-Policy': [
      ...ALLOWED_FEATURES.map((name) => `${name}=(self)`),
      ...REFUSED_FEATURES.map((name) => `${name}=()`),
    ].join(', '),
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
}
