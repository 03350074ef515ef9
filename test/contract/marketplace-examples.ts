/**
 * The requests and answers of the mini-program's interface document, as written there: with comments, and with a comma
 * behind the last field here and there. Each must be understood, and be answered in exactly that shape.
 */
export interface Example {
  title: string;
  method: 'GET' | 'POST';
  path: string;
  /** whether the document sends a token with it */
  member: boolean;
  request?: string;
  answer: string;
  /** what an answer may carry besides, as settled later */
  more?: string[];
}

const NOTHING = `{
    "code": 0,
    "message": "",
    "data": null
}`;

const REGISTERED = `{
    "code": 0,
    "message": "ok",
    "data": {
        "user_info": {
            "id": 298
        }
    }
}`;

const CONTACTS = `{
    "code": 0,
    "message": "ok",
    "data": {
        "list": [
            {
                "id": 2,
                "positions": "保洁",
                "address": "上海市黄浦区南京东路XX号XX广场B1-12",
                "purpose_user_id": 2,
                "purpose_user_name": "段先生",
                "purpose_user_phone": "15039021712",
                "create_at": "2026-01-16 14:36:01.882"
            }
        ],
        "total": 2
    }
}`;

const JOB = `{
        "id": 2,
        "user_id": 298,
        "positions": "保洁",
        "longitude": 121.473701,
        "latitude": 31.230416,
        "address": "上海市黄浦区南京东路XX号XX广场B1-12",
        "contact": "13800138000",
        "contact_person_name": "段先生",
        "description": "连锁餐饮门店招聘后厨切配，主要负责食材清洗切配、备料、协助出餐。要求踏实肯干，有相关经验优先。可提供住宿，月休4天。",
        "photo_urls": [
            "https://example.com/photos/store-1.jpg",
            "https://example.com/photos/kitchen-1.jpg",
            "https://example.com/photos/dorm-1.jpg"
        ],
        "status": 1,
        "first_area_id": 31,
        "first_area_des": "上海市",
        "second_area_id": 3101,
        "second_area_des": "上海市辖区",
        "third_area_id": 310101,
        "third_area_des": "黄浦区",
        "four_area_id": 310101001,
        "four_area_des": "南京东路街道",
        "salary_min": 6000,
        "salary_max": 8000,
        "create_at": "2026-01-15 23:21:08.825",
        "update_at": "2026-01-15 23:21:08.825",
        "is_top": 0,
        "top_start_time": "",
        "top_end_time": ""
    }`;

const BESIDES_A_JOB = [
  'biz_type',
  'company_name',
  'basic_protection',
  'salary_benefits',
  'attendance_leave',
  'last_refresh_time',
  'distance',
];

export const EXAMPLES: Example[] = [
  {
    title: '微信注册（首次，需手机号）',
    method: 'POST',
    path: '/wechat/user/register',
    member: false,
    request: `{
  "phone_code": "test", 	// wx.getPhoneNumber 获取
  "login_code": "test",  	// wx.login 获取
  "inviter_id": 289     	// 邀请人，可为空
}`,
    answer: REGISTERED,
  },
  {
    title: '微信登录（二次，无需手机号）',
    method: 'POST',
    path: '/wechat/user/login',
    member: false,
    request: `{
  "login_code": "test" // wx.login 获取
}`,
    answer: REGISTERED,
  },
  {
    title: '查询个人信息',
    method: 'GET',
    path: '/user/info',
    member: true,
    answer: `{
    "code": 0,
    "message": "ok",
    "data": {
        "user_id": 298,
        "avatar": "https://catering-cyxx-test.oss-cn-beijing.aliyuncs.com/img/298_1768292213248008000.png",
        "name": "duanzhiwei",
        "sex": 1,
        "phone": "15039021712"
    }
}`,
  },
  {
    title: '更新位置信息',
    method: 'POST',
    path: '/user/update/geo',
    member: true,
    request: `{
    "first_area_id": 1,
    "second_area_id": 101,
    "third_area_id": 1001,
    "address": "北京市朝阳区XXXX",
    "longitude": 116.3974,
    "latitude": 39.9093
}`,
    answer: NOTHING,
  },
  {
    title: '更新个人信息',
    method: 'POST',
    path: '/user/update/info',
    member: true,
    request: `{
    "avatar": "https://cdn.xxx.com/avatar/4882.png",
    "name": "小周",
    "sex": 1,
    "phone": "13811111234",
}`,
    answer: NOTHING,
  },
  {
    // the document shows the contact history here by mistake: the items are those of /jobs/list, under `list`
    title: '我发布的',
    method: 'POST',
    path: '/jobs/my',
    member: true,
    request: `{
    "biz_type": 1, // 1=招聘、2=求职、3=招租
    "page_num": 1,
    "page_size": 2
}`,
    answer: `{ "code": 0, "message": "ok", "data": { "list": [${JOB}], "total": 2 } }`,
    more: [...BESIDES_A_JOB, 'take_down_reason'],
  },
  {
    title: '我联系的',
    method: 'POST',
    path: '/contact_history/out',
    member: true,
    request: `{
  	"biz_type": 1, // 1=招聘、2=求职、3=招租
    "page_num": 1,
    "page_size": 2
}`,
    answer: CONTACTS,
  },
  {
    title: '联系我的',
    method: 'POST',
    path: '/contact_history/in',
    member: true,
    request: `{
    "biz_type": 1, // 1=招聘、2=求职、3=招租
    "page_num": 1,
    "page_size": 2
}`,
    answer: CONTACTS,
  },
  {
    title: '我收藏的',
    method: 'POST',
    path: '/collect/my',
    member: true,
    request: `{
    "biz_type": 1, // 1=招聘、2=求职、3=招租
    "page_num": 1,
    "page_size": 2
}`,
    answer: `{
    "code": 0,
    "message": "ok",
    "data": {
        "list": [
            {
                "job_id": 3,
                "positions": "保洁",
                "salary_min": 6000,
                "salary_max": 8000,
                "first_area_des": "上海市",
                "second_area_des": "上海市辖区",
                "third_area_des": "黄浦区",
                "address": "上海市黄浦区南京东路XX号XX广场B1-12",
                "create_at": "2026-01-15 23:21:09.641",
                "is_top": 0,
                "last_refresh_time": "2026-01-15 23:34:18.663"
            }
        ],
        "total": 2
    }
}`,
  },
  {
    title: '发布招聘信息（商家）',
    method: 'POST',
    path: '/job/create',
    member: true,
    request: `{
    "positions": "服务员",
    "longitude": 116.397128,
    "latitude": 39.916527,
    "address": "北京市朝阳区三里屯太古里北区B1层XX餐厅",
    "contact": "13812341234",
    "description": "【工作内容】点单、上菜、收银协助；\\n【要求】18-35岁，能适应晚班；\\n【待遇】5000-6500元/月，包吃住，月休4天。",
    "photo_urls": ["https://cdn.xxx.com/job/1173/1.jpg,https://cdn.xxx.com/job/1173/2.jpg"],
    "first_area_id": 11,
    "first_area_des": "北京市",
    "second_area_id": 1101,
    "second_area_des": "北京市",
    "third_area_id": 110105,
    "third_area_des": "朝阳区",
    "four_area_id": 110105001,
    "four_area_des": "三里屯",
    "salary_min": 8000,
    "salary_max": 20000
}`,
    answer: NOTHING,
  },
  {
    title: '刷新招聘信息（商家）',
    method: 'POST',
    path: '/jobs/refresh',
    member: true,
    request: `{
    "job_id": 1234,
}`,
    answer: NOTHING,
  },
  {
    title: '修改招聘信息（商家）',
    method: 'POST',
    path: '/jobs/update',
    member: true,
    request: `{
    "id": 39, // 必填参数
    "positions": "收银员",
    "longitude": 116.3974,
    "latitude": 39.9093,
    "address": "北京市朝阳区建国路88号",
    "contact": "13800138000",
    "description": "连锁餐饮店招聘服务员，包吃住，有经验者优先。",
    "photo_urls": "",
    "first_area_id": 1,
    "second_area_id": 101,
    "third_area_id": 1001,
    "user_name": "张老板",
    "first_area_des": "北京市",
    "second_area_des": "朝阳区",
    "third_area_des": "建外街道",
    "salary_min": 8000,
    "salary_max": 20000
}`,
    answer: NOTHING,
  },
  {
    title: '收藏（用户）',
    method: 'POST',
    path: '/job/collect',
    member: true,
    request: `{
    "job_id": 1234,
}`,
    answer: NOTHING,
  },
  {
    title: '招聘信息列表（用户）：推荐',
    method: 'POST',
    path: '/jobs/list',
    member: false,
    request: `{
    "request_id": "1234567",
    "query_type": 1, // 列表类型 1、推荐，2、附近、3、最新
    "filter": {
        "positions": "厨师长",
        "salary_min": 8000,
        "salary_max": 20000, // -1 时为无限大
        "basic_protection": [
            "社保",
            "公积金"
        ],
        "salary_benefits": [
            "节日福利"
        ],
        "attendance_leave": [],
        "longitude": 116.397128, // query_type = 2 时为必须参数
        "latitude": 39.916527, 	 // query_type = 2 时为必须参数
    },
    "page_num": 1,
    "page_size": 2
}`,
    answer: `{ "code": 0, "message": "ok", "data": { "jobs": [${JOB}], "total": 5 } }`,
    more: BESIDES_A_JOB,
  },
  {
    title: '查询详情',
    method: 'POST',
    path: '/jobs/info',
    member: false,
    request: `{
    "job_id": "1234567",
}`,
    answer: `{ "code": 0, "message": "ok", "data": ${JOB} }`,
    more: BESIDES_A_JOB,
  },
  {
    title: '取消收藏（用户）',
    method: 'POST',
    path: '/job/cancnel_collect',
    member: true,
    request: `{
    "job_id": 1234,
}`,
    answer: NOTHING,
  },
  {
    title: '关闭招聘信息（商家）',
    method: 'POST',
    path: '/job/close',
    member: true,
    request: `{
    "job_id": 1234,
}`,
    answer: NOTHING,
  },
];

const LIST = EXAMPLES.find(({ path }) => path === '/jobs/list');

/** The example of the list is of 推荐; its other orders are asked for in the same way. */
export const OTHER_ORDERS: Example[] = [
  ['附近', 2],
  ['最新', 3],
].map(([name, type]) => ({
  ...LIST!,
  title: `招聘信息列表（用户）：${name}`,
  request: LIST!.request!.replace('"query_type": 1', `"query_type": ${type}`),
}));

const SPELLINGS: Record<string, string[]> = {
  '/job/create': ['/jobs/create'],
  '/job/close': ['/jobs/close'],
  '/job/collect': ['/jobs/collect'],
  '/job/cancnel_collect': ['/jobs/cancel_collect', '/job/cancel_collect'],
};

/** The examples of routes that are known under other names too, under each of those. */
export const OTHER_SPELLINGS: Example[] = EXAMPLES.flatMap((example) =>
  (SPELLINGS[example.path] ?? []).map((path) => ({ ...example, path, title: `${example.title}：${path}` })),
);

/** 登录失败. */
export const LOGIN_FAILED = `{
    "code": 404,
    "message": "Not Found",
    "data": "user not found"
}`;

/** 图片上传. */
export const UPLOADED = `{
    "code": 0,
    "message": "ok",
    "data": {
        "url": "https://catering-cyxx-test.oss-cn-beijing.aliyuncs.com/img/298_1768292213248008000.png"
    }
}`;
