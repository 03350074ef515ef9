/** Requests that one client address may make to a route, besides the limits on all routes together. */
export const LIMITS = {
  login: { points: 60, seconds: 60 },
  selfRegister: { points: 3, seconds: 60 },
  publicResumes: { points: 120, seconds: 60 },
  searchWorkers: { points: 30, seconds: 60 },
  sharedResumes: { points: 60, seconds: 60 },
  /** log-ins with a code of WeChat's, and what else turns such a code into an openid */
  wechatLogin: { points: 30, seconds: 60 },
  /** POST /api/wechat/generate-qrcode; WeChat counts them too */
  qrcode: { points: 60, seconds: 60 },
  /** POST /api/customer/action by address, and by the openid that it names */
  customerAction: { points: 60, seconds: 60 },
  /** the same in a day: what one address can have stored at most */
  customerActionDay: { points: 2000, seconds: 86_400 },
  customerActionOpenid: { points: 30, seconds: 600 },
  /** actions that bring a phone number, by address: each may become a lead */
  leadPhone: { points: 60, seconds: 3600 },
  /** how many of those are told whether they became one; beyond it, nothing can be learned from the answers */
  leadTold: { points: 10, seconds: 86_400 },
  /** POST /api/banners/:id/view and click */
  bannerCount: { points: 120, seconds: 60 },
  /** POST /api/miniprogram-access-log, each with at most 100 records */
  accessLog: { points: 300, seconds: 60 },
  /** the records themselves: what one address can have stored in a day */
  accessLogDay: { points: 200_000, seconds: 86_400 },
  // an office behind one address that photographs cards one after another
  readIdCard: { points: 60, seconds: 60 },

  // of interviews; twenty people in one room may well share an address
  guestJoin: { points: 60, seconds: 60 },
  guestLeave: { points: 120, seconds: 60 },
  guestPresence: { points: 240, seconds: 60 },
  guestToken: { points: 120, seconds: 60 },
  /** GET room/:roomId, which pages repeat forty times a minute where they have no stream */
  roomRead: { points: 900, seconds: 60 },
  /** streams that are opened; how many there can be at a time is another limit */
  roomEvents: { points: 120, seconds: 60 },
  // the marketplace; many phones share one address of a mobile network
  memberRegister: { points: 30, seconds: 60 },
  memberLogin: { points: 120, seconds: 60 },
  jobList: { points: 600, seconds: 60 },
  jobInfo: { points: 600, seconds: 60 },
  /** POST /img/upload, by member */
  pictureUpload: { points: 60, seconds: 600 },
  /** kilobytes that one member can have stored in a day by it; a job with four photos of a phone takes some 20,000 */
  pictureKilobytesDay: { points: 500 * 1024, seconds: 86_400 },

  /** orders, by member: WeChat Pay is asked about each a dozen times until it is paid or over */
  placeOrder: { points: 20, seconds: 60 },
  /** notices, which WeChat Pay posts from a few addresses, again where they are refused; a signature is checked for each */
  payNotice: { points: 1200, seconds: 60 },
  /** GET and POST /sku/list */
  priceList: { points: 300, seconds: 60 },
} as const satisfies Record<string, { points: number; seconds: number }>;

export type LimitName = keyof typeof LIMITS;
