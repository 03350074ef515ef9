import { z } from 'zod';

/** What the fields are called on the screens of the mini-programs. */
const LABELS: Record<string, string> = {
  name: '姓名',
  username: '用户名',
  password: '密码',
  oldPassword: '原密码',
  newPassword: '新密码',
  phone: '手机号',
  wechatId: '微信号',
  role: '角色',
  active: '启用状态',
  address: '地址',
  notes: '备注',
  jobType: '工种',
  gender: '性别',
  age: '年龄',
  birthDate: '出生日期',
  idNumber: '身份证号',
  wechat: '微信号',
  expectedSalary: '期望薪资',
  maternityNurseLevel: '月嫂等级',
  education: '学历',
  skills: '技能',
  selfIntroduction: '自我介绍',
  internalEvaluation: '内部评价',
  remarks: '备注',
  ethnicity: '民族',
  nativePlace: '籍贯',
  zodiac: '属相',
  zodiacSign: '星座',
  experienceYears: '工作年限',
  maritalStatus: '婚姻状况',
  religion: '宗教信仰',
  currentAddress: '现居地址',
  hukouAddress: '户籍地址',
  serviceArea: '服务区域',
  orderStatus: '接单状态',
  leadSource: '线索来源',
  emergencyContactName: '紧急联系人',
  emergencyContactPhone: '紧急联系人电话',
  medicalExamDate: '体检日期',
  learningIntention: '学习意向',
  currentStage: '目前阶段',
  workExperiences: '工作经历',
  availabilityCalendar: '档期',
  startDate: '开始日期',
  endDate: '结束日期',
  status: '状态',
  expireHours: '有效时间',
  limit: '返回数量',
  maxAge: '最大年龄',
  content: '跟进内容',
  reason: '原因',
  assignedTo: '负责人',
  expectedBudget: '预算',
  homeArea: '住房面积',
  familySize: '家庭人口',
  serviceDays: '服务天数',
  dealAmount: '成交金额',
  nextFollowUpDate: '下次跟进日期',
  page: '页码',
  pageSize: '每页数量',
  keyword: '关键词',
  side: '证件面',
  roomId: '房间号',
  roomName: '房间名称',
  hostName: '主持人称呼',
  hostZegoUserId: '主持人视频编号',
  userName: '称呼',
  identity: '身份',
  guestId: '访客编号',
  scheduledAt: '预约时间',
  expireTime: '有效时间',

  login_code: '微信登录凭证',
  phone_code: '手机号授权码',
  inviter_id: '邀请人',
  avatar: '头像',
  sex: '性别',
  longitude: '经度',
  latitude: '纬度',
  page_num: '页码',
  page_size: '每页数量',
  biz_type: '类型',
  query_type: '列表类型',
  request_id: '请求编号',
  filter: '筛选条件',
  job_id: '信息编号',
  positions: '岗位',
  company_name: '公司名称',
  contact: '联系电话',
  contact_person_name: '联系人',
  description: '说明',
  photo_urls: '图片',
  salary_min: '最低月薪',
  salary_max: '最高月薪',
  basic_protection: '基础保障',
  salary_benefits: '薪酬福利',
  attendance_leave: '考勤休假',
  first_area_id: '省级区划',
  first_area_des: '省级区划名称',
  second_area_id: '市级区划',
  second_area_des: '市级区划名称',
  third_area_id: '区县级区划',
  third_area_des: '区县级区划名称',
  four_area_id: '街道级区划',
  four_area_des: '街道级区划名称',
};

export function labelOf(path: PropertyKey[]): string {
  const last = String(path.at(-1) ?? '');
  return LABELS[last] ?? last;
}

/** Zod's complaint in the words of a clerk's screen; the field's label is put before it by the caller. */
function describe(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue.input)
        ? '不能为空'
        : `应为${TYPE_NAMES[String(issue.expected)] ?? String(issue.expected)}`;
    case 'too_small':
      return limit(issue.origin, issue.minimum, '少于', '小于');
    case 'too_big':
      return limit(issue.origin, issue.maximum, '超过', '大于');
    case 'invalid_value':
      return isMissing(issue.input) ? '不能为空' : `应为以下之一：${issue.values.map(String).join('、')}`;
    case 'unrecognized_keys':
      return `不认识的字段：${issue.keys.join('、')}`;
    case 'invalid_format':
    case 'not_multiple_of':
      return '格式不正确';
    default:
      return undefined;
  }
}

function isMissing(input: unknown): boolean {
  return input === undefined || input === null || Number.isNaN(input);
}

const TYPE_NAMES: Record<string, string> = {
  string: '文字',
  number: '数字',
  int: '整数',
  boolean: 'true 或 false',
  array: '列表',
  object: '对象',
  date: '日期',
};

function limit(origin: string, bound: number | bigint, ofLength: string, ofSize: string): string {
  if (origin === 'string')
    return bound === 1 && ofLength === '少于' ? '不能为空' : `不能${ofLength} ${bound} 个字符`;
  if (origin === 'array') return `不能${ofLength} ${bound} 项`;
  return `不能${ofSize} ${bound}`;
}

z.config({ customError: describe });
