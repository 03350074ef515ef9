import type { Role } from '../../src/common/access/principal';

/** Open to everybody, without a token. Each line is a decision. */
export const PUBLIC_ROUTES = [
  'POST /api/auth/login',
  // a code of WeChat's is the proof
  'POST /api/auth/miniprogram-login',
  'POST /api/wechat/login',
  'POST /api/wechat/openid',
  // WeChat's servers; each request is signed
  'GET /api/wechat/event',
  'POST /api/wechat/event',
  // pictures under unguessable names
  'GET /api/wechat/qrcode/:id',
  // families in the mini-program
  'POST /api/customer/action',
  // what the mini-program shows to everybody, and what it counts
  'GET /api/banners/miniprogram/active',
  'POST /api/banners/:id/view',
  'POST /api/banners/:id/click',
  'GET /api/articles/miniprogram/list',
  'GET /api/articles/miniprogram/:id',
  'POST /api/miniprogram-access-log',
  'GET /api/health/live',
  'GET /api/health/ready',
  // loopback, others with METRICS_TOKEN: the handler decides
  'GET /metrics',

  'POST /api/resumes/miniprogram/self-register',
  'GET /api/resumes/public/list',
  'GET /api/resumes/public/:id',
  'GET /api/resumes/shared/:token',
  'GET /api/resumes/enums',
  // a public file's address cannot be guessed, a private one's is signed and expires: the handler decides
  'GET /files/:name',

  // guests of an interview room: its id lets them in, their own id speaks for them
  'POST /api/interview/guest/join',
  'POST /api/interview/guest/leave',
  'POST /api/interview/guest/presence',
  'GET /api/interview/room/:roomId/events',
  'POST /api/zego/generate-guest-token',
  'GET /api/zego/config',

  // the interview's pages, which hold nothing of anybody
  'GET /h5/interview',
  'GET /h5/host',
  'GET /h5/assets/:name',
  'GET /h5',
  'GET /h5/*',
  // a code of WeChat's is the proof
  'POST /wechat/user/register',
  'POST /wechat/user/login',

  // the price list is no secret
  'GET /sku/list',
  'POST /sku/list',
  // WeChat Pay's servers; each request is signed
  'POST /wechat/pay/notify',
  'POST /wechat/pay/refund_notify',
];

const EVERYBODY: Role[] = ['admin', 'manager', 'employee', 'hr'];
const CUSTOMER_STAFF: Role[] = ['admin', 'manager', 'employee'];
const RESUME_STAFF: Role[] = ['admin', 'manager', 'employee'];
const LEADERS: Role[] = ['admin', 'manager'];

/** Every other route, and the roles of staff that may call it. */
export const STAFF_ROUTES: Record<string, Role[]> = {
  'GET /api/auth/me': EVERYBODY,
  'POST /api/auth/logout': EVERYBODY,
  'POST /api/auth/change-password': EVERYBODY,

  'GET /api/users': LEADERS,
  'GET /api/users/:id': LEADERS,
  'POST /api/users': ['admin'],
  'PATCH /api/users/:id': ['admin'],
  'POST /api/users/:id/reset-password': ['admin'],
  'GET /api/audit-logs': ['admin'],

  'GET /api/customers/miniprogram/statistics': CUSTOMER_STAFF,
  'GET /api/customers/miniprogram/list': CUSTOMER_STAFF,
  'POST /api/customers/miniprogram/create': CUSTOMER_STAFF,
  'GET /api/customers/miniprogram/:id': CUSTOMER_STAFF,
  'PATCH /api/customers/miniprogram/:id': CUSTOMER_STAFF,
  'POST /api/customers/miniprogram/:id/follow-ups': CUSTOMER_STAFF,
  'GET /api/customers/miniprogram/:id/follow-ups': CUSTOMER_STAFF,
  'GET /api/customers/miniprogram/employees/list': LEADERS,
  'PATCH /api/customers/miniprogram/:id/assign': LEADERS,
  'GET /api/customers/miniprogram/:id/assignment-logs': LEADERS,

  'POST /api/resumes/miniprogram/create': RESUME_STAFF,
  'POST /api/resumes/miniprogram/validate': RESUME_STAFF,
  'GET /api/resumes/miniprogram/stats': RESUME_STAFF,
  'GET /api/resumes/miniprogram/list': RESUME_STAFF,
  'GET /api/resumes/miniprogram/:id': RESUME_STAFF,
  'PATCH /api/resumes/miniprogram/:id': RESUME_STAFF,
  'POST /api/resumes/:id/review': RESUME_STAFF,
  'POST /api/resumes/:id/share': RESUME_STAFF,
  'GET /api/resumes/:id/shares': RESUME_STAFF,
  'DELETE /api/resumes/:id/share': RESUME_STAFF,
  'POST /api/wechat/get-phone': EVERYBODY,
  'POST /api/wechat/generate-qrcode': EVERYBODY,
  'GET /api/wechat/bind-qrcode/:userId': EVERYBODY,
  'POST /api/wechat/test-message': ['admin'],

  'POST /api/advisor/subscribe': EVERYBODY,
  'POST /api/message/send': CUSTOMER_STAFF,
  'GET /api/messages': ['admin'],
  'POST /api/messages/:id/resend': ['admin'],

  'GET /api/banners': LEADERS,
  'POST /api/banners': LEADERS,
  'PATCH /api/banners/reorder': LEADERS,
  'GET /api/banners/:id': LEADERS,
  'PATCH /api/banners/:id': LEADERS,
  'DELETE /api/banners/:id': LEADERS,
  'GET /api/articles': LEADERS,
  'POST /api/articles': LEADERS,
  'GET /api/articles/:id': LEADERS,
  'PATCH /api/articles/:id': LEADERS,
  'DELETE /api/articles/:id': LEADERS,
  'GET /api/miniprogram-access-log': LEADERS,
  'GET /api/miniprogram-access-log/stats': LEADERS,
  'POST /api/resumes/miniprogram/:id/upload-file': RESUME_STAFF,
  'POST /api/resumes/miniprogram/:id/upload-files': RESUME_STAFF,
  'DELETE /api/resumes/miniprogram/:id/delete-file': RESUME_STAFF,

  'POST /api/ocr/idcard': CUSTOMER_STAFF,
  'GET /api/ocr/health': LEADERS,
  'GET /api/ocr/metrics': LEADERS,

  'POST /api/interview/create-room': EVERYBODY,
  'POST /api/interview/rooms': EVERYBODY,
  'GET /api/interview/rooms': EVERYBODY,
  'GET /api/interview/latest-room': EVERYBODY,
  'POST /api/interview/room/:roomId/end': EVERYBODY,
  'POST /api/interview/room/:roomId/leave': EVERYBODY,
  'POST /api/zego/generate-token': EVERYBODY,

  'POST /api/admin/jobs/:id/take-down': ['admin'],

  'GET /api/admin/skus': ['admin'],
  'POST /api/admin/skus': ['admin'],
  'PATCH /api/admin/skus/:id': ['admin'],
  'DELETE /api/admin/skus/:id': ['admin'],
  'GET /api/admin/orders': ['admin'],
  'GET /api/admin/orders/:id': ['admin'],
  'POST /api/admin/orders/:id/refund': ['admin'],
  'GET /api/admin/reconciliations': ['admin'],
  'POST /api/admin/reconciliations': ['admin'],
  'GET /api/admin/reconciliations/:date': ['admin'],
};

/** Open to everybody too, and tell more to staff. */
export const OPTIONAL_STAFF_ROUTES = ['GET /api/resumes/search-workers', 'GET /api/interview/room/:roomId'];

/** The marketplace's, for whoever is logged in there. */
export const MEMBER_ROUTES = [
  'GET /user/info',
  'POST /user/update/info',
  'POST /user/update/geo',
  'POST /job/create',
  'POST /jobs/create',
  'POST /jobs/update',
  'POST /job/close',
  'POST /jobs/close',
  'POST /jobs/refresh',
  'POST /jobs/my',
  'POST /job/collect',
  'POST /jobs/collect',
  'POST /job/cancnel_collect',
  'POST /job/cancel_collect',
  'POST /jobs/cancel_collect',
  'POST /collect/my',
  'POST /contact_history/out',
  'POST /contact_history/in',
  'POST /img/upload',

  'POST /jobs/top',
  'POST /jobs/refresh/pay',
  'POST /contact_voucher/buy',
  'POST /contact_voucher/cost',
  'POST /contact_voucher/records',
  'POST /order/status',
];

/** Open to everybody too, and tell more to members. */
export const OPTIONAL_MEMBER_ROUTES = ['POST /jobs/list', 'POST /jobs/info'];
