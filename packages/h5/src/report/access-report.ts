import { apiUrl } from '../net/http';

/** What an entry of the access log says besides what every entry says. */
interface Occasion {
  event: 'page_view' | 'join' | 'leave';
  /** milliseconds that somebody was in the room, or on the page */
  stayDuration?: number;
}

/**
 * Tells the service's access log that the page is used: which page and room, nothing of who uses it. Never waited for,
 * and never missed when it fails.
 */
export function reportAccess(roomId: string | undefined, { event, stayDuration }: Occasion): void {
  const { origin, pathname } = location;
  const agent = navigator.userAgent;
  const query = roomId === undefined ? '' : `?roomId=${roomId}`;
  const entry = {
    url: `${origin}${pathname}${query}`,
    pathname,
    fileName: pathname.split('/').pop() ?? '',
    environment: import.meta.env?.MODE ?? '',
    ...(roomId === undefined ? {} : { queryParams: { roomId } }),
    userAgent: agent,
    isWechat: /MicroMessenger/i.test(agent),
    isMiniProgram: /miniProgram/i.test(agent) || '__wxjs_environment' in window,
    referrer: withoutQuery(document.referrer),
    timestamp: Date.now(),
    event,
    ...(stayDuration === undefined
      ? {}
      : { stayDuration: Math.round(stayDuration), stayDurationSeconds: Math.round(stayDuration / 1000) }),
  };
  try {
    navigator.sendBeacon?.(apiUrl('miniprogram-access-log'), JSON.stringify(entry));
  } catch {
    // a browser that forbids beacons: then there is no entry
  }
}

/** Other people's addresses may say who somebody is. */
function withoutQuery(address: string): string {
  return address.split(/[?#]/)[0] ?? '';
}
