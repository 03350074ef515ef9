import type { BizType } from '../modules/jobs/job.schema';

interface District {
  id: number;
  name: string;
  city: string;
  cityId: number;
  province: string;
  provinceId: number;
  /** of its middle, degrees */
  longitude: number;
  latitude: number;
  roads: readonly string[];
}

const SHANGHAI = { city: '上海市', cityId: 3101, province: '上海市', provinceId: 31 };
const HANGZHOU = { city: '杭州市', cityId: 3301, province: '浙江省', provinceId: 33 };
const SHANGHAI_ROADS = [
  '南京西路',
  '淮海中路',
  '漕溪北路',
  '世纪大道',
  '四川北路',
  '长寿路',
  '虹桥路',
  '七莘路',
];
const HANGZHOU_ROADS = [
  '文三路',
  '延安路',
  '莫干山路',
  '江南大道',
  '市心中路',
  '古墩路',
  '文一西路',
  '金沙大道',
];

const district = (
  city: typeof SHANGHAI,
  id: number,
  name: string,
  longitude: number,
  latitude: number,
): District => ({
  ...city,
  id,
  name,
  longitude,
  latitude,
  roads: city === SHANGHAI ? SHANGHAI_ROADS : HANGZHOU_ROADS,
});

export const DISTRICTS: readonly District[] = [
  district(SHANGHAI, 310_101, '黄浦区', 121.4846, 31.2317),
  district(SHANGHAI, 310_104, '徐汇区', 121.4365, 31.1883),
  district(SHANGHAI, 310_105, '长宁区', 121.4246, 31.2204),
  district(SHANGHAI, 310_106, '静安区', 121.4484, 31.2297),
  district(SHANGHAI, 310_107, '普陀区', 121.397, 31.2495),
  district(SHANGHAI, 310_110, '杨浦区', 121.526, 31.2595),
  district(SHANGHAI, 310_112, '闵行区', 121.3817, 31.1128),
  district(SHANGHAI, 310_115, '浦东新区', 121.5447, 31.2215),
  district(HANGZHOU, 330_102, '上城区', 120.1693, 30.2425),
  district(HANGZHOU, 330_105, '拱墅区', 120.1419, 30.319),
  district(HANGZHOU, 330_106, '西湖区', 120.13, 30.2595),
  district(HANGZHOU, 330_108, '滨江区', 120.212, 30.2084),
  district(HANGZHOU, 330_109, '萧山区', 120.2644, 30.1839),
  district(HANGZHOU, 330_110, '余杭区', 119.9785, 30.2735),
];

interface Post {
  positions: string;
  /** yuan a month, or of rent */
  from: number;
  to: number;
  companies: readonly string[];
  descriptions: readonly string[];
}

const RESTAURANTS = ['江南小灶', '老灶台面馆', '海风里餐厅', '五味堂', '巷口小馆'];
const SERVICES = ['安心到家', '晴天家政', '暖阳护理', '邻里帮'];
const SHOPS = ['禾木便利店', '光合超市', '青团百货', '街角咖啡'];

const MEALS = [
  '包吃住，月休 4 天，做满一年有年终奖。',
  '早晚两班轮换，员工餐免费，有经验者优先。',
  '连锁门店，晋升透明，可预支工资。',
];
const CARE = [
  '有相关证书或两年以上经验者优先，提供岗前培训。',
  '单休，可住家，客户评价好有奖金。',
  '就近派单，时间灵活，当月结清。',
];

const hire = (
  positions: string,
  from: number,
  to: number,
  companies: readonly string[],
  descriptions: readonly string[],
): Post => ({ positions, from, to, companies, descriptions });

export const POSTS: Record<BizType, readonly Post[]> = {
  1: [
    hire('服务员', 4500, 6500, RESTAURANTS, MEALS),
    hire('厨师长', 9000, 15_000, RESTAURANTS, MEALS),
    hire('中餐厨师', 7000, 10_000, RESTAURANTS, MEALS),
    hire('后厨切配', 5000, 6500, RESTAURANTS, MEALS),
    hire('洗碗工', 4000, 5000, RESTAURANTS, MEALS),
    hire('收银员', 4500, 6000, SHOPS, MEALS),
    hire('店长', 8000, 12_000, SHOPS, MEALS),
    hire('咖啡师', 5500, 8000, SHOPS, MEALS),
    hire('保洁', 4000, 6000, SERVICES, CARE),
    hire('月嫂', 10_000, 18_000, SERVICES, CARE),
    hire('住家育儿嫂', 8000, 12_000, SERVICES, CARE),
    hire('养老护理员', 6000, 9000, SERVICES, CARE),
    hire('家电清洗师傅', 7000, 11_000, SERVICES, CARE),
    hire('送餐员', 7000, 12_000, SERVICES, CARE),
  ],
  2: [
    hire('求职：住家阿姨', 6500, 9000, [], ['做事勤快，会做本地菜，可长期住家。']),
    hire('求职：厨师', 7000, 10_000, [], ['川菜、湘菜八年经验，能独立带后厨。']),
    hire('求职：钟点工', 3000, 5000, [], ['只做白天，附近五公里内都可以。']),
  ],
  3: [
    hire('沿街商铺招租', 6000, 20_000, [], ['地铁口旁，可做餐饮，手续齐全。']),
    hire('员工宿舍出租', 2000, 4000, [], ['四人间，拎包入住，水电民用。']),
  ],
};

export const TAGS = {
  basicProtection: ['社保', '公积金', '意外险'],
  salaryBenefits: ['包吃', '包住', '节日福利', '年终奖', '全勤奖'],
  attendanceLeave: ['月休四天', '双休', '带薪年假', '八小时工作制'],
} as const;
