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

/** Where ZEGO's SDK of the pages (zego-express-engine-webrtc) looks for its servers: the domains that stand in it. */
const ZEGO_DOMAINS = [
  'zego.im',
  'zegocloud.com',
  'coolzcloud.com',
  'coolfcloud.com',
  'coolgcloud.com',
  'coolbcloud.com',
  'cooldcloud.com',
];

/** Besides, where there is video. The SDK counts time in a worker that it makes from its own text. */
function forZego(webServer: string): Record<string, string[]> {
  return {
    'connect-src': [
      "'self'",
      new URL(webServer).origin,
      ...ZEGO_DOMAINS.flatMap((domain) => [`wss://*.${domain}`, `https://*.${domain}`]),
    ],
    'worker-src': ['blob:'],
  };
}

const ALLOWED_FEATURES = ['camera', 'microphone', 'autoplay', 'fullscreen', 'clipboard-write'];
const REFUSED_FEATURES = ['geolocation', 'display-capture', 'payment', 'usb', 'midi'];

/**
 * Headers of the pages, in place of those that answers of the API have.
 * @param zegoServer what ZEGO's SDK connects to (wss://…); undefined where there is no video
 */
export function pageHeaders(zegoServer: string | undefined): Record<string, string> {
  const policy = { ...POLICY, ...(zegoServer === undefined ? {} : forZego(zegoServer)) };
  return {
    'Content-Security-Policy': Object.entries(policy)
      .map(([name, sources]) => `${name} ${sources.join(' ')}`)
      .join('; '),
    'Permissions-Policy': [
      ...ALLOWED_FEATURES.map((name) => `${name}=(self)`),
      ...REFUSED_FEATURES.map((name) => `${name}=()`),
    ].join(', '),
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
}
