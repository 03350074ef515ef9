/** A job as it is stored, as far as the answers need it. */
export interface JobRow {
  _id: number;
  memberId: number;
  bizType: number;
  positions: string;
  companyName: string;
  contactPersonName: string;
  contact: string;
  description: string;
  photoUrls: string[];
  firstAreaId: number;
  firstAreaDes: string;
  secondAreaId: number;
  secondAreaDes: string;
  thirdAreaId: number;
  thirdAreaDes: string;
  fourAreaId: number;
  fourAreaDes: string;
  address: string;
  longitude: number;
  latitude: number;
  salaryMin: number;
  salaryMax: number;
  basicProtection: string[];
  salaryBenefits: string[];
  attendanceLeave: string[];
  status: number;
  lastRefreshAt: Date;
  topStartsAt: Date | null;
  topEndsAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** `until` of the version of a job that is valid now. */
export const OPEN = Number.MAX_SAFE_INTEGER;

/** What no answer shows. */
export const HIDDEN_FIELDS = { photoFiles: 0, freeRefreshDay: 0 } as const;

export const ACTIVE = 1;
export const TAKEN_DOWN = 3;
export const DELETED = 4;

export const DONE = { code: 0, message: '', data: null };

export function ok(data: unknown): object {
  return { code: 0, message: 'ok', data };
}

/** Where a job stands in a list, which may be where it stood a moment ago. */
export interface Standing {
  topped: boolean;
  refreshedAt: Date;
}

export function standingOf({ topEndsAt, lastRefreshAt }: JobRow): Standing {
  return { topped: topEndsAt !== null && topEndsAt > new Date(), refreshedAt: lastRefreshAt };
}

export function jobView(row: JobRow, { topped, refreshedAt }: Standing) {
  return {
    id: row._id,
    user_id: row.memberId,
    biz_type: row.bizType,
    positions: row.positions,
    company_name: row.companyName,
    longitude: row.longitude,
    latitude: row.latitude,
    address: row.address,
    contact: row.contact,
    contact_person_name: row.contactPersonName,
    description: row.description,
    photo_urls: row.photoUrls,
    status: row.status,
    first_area_id: row.firstAreaId,
    first_area_des: row.firstAreaDes,
    second_area_id: row.secondAreaId,
    second_area_des: row.secondAreaDes,
    third_area_id: row.thirdAreaId,
    third_area_des: row.thirdAreaDes,
    four_area_id: row.fourAreaId,
    four_area_des: row.fourAreaDes,
    salary_min: row.salaryMin,
    salary_max: row.salaryMax,
    basic_protection: row.basicProtection,
    salary_benefits: row.salaryBenefits,
    attendance_leave: row.attendanceLeave,
    create_at: shanghaiTime(row.createdAt),
    update_at: shanghaiTime(row.updatedAt),
    is_top: topped ? 1 : 0,
    top_start_time: topped ? shanghaiTime(row.topStartsAt) : '',
    top_end_time: topped ? shanghaiTime(row.topEndsAt) : '',
    last_refresh_time: shanghaiTime(refreshedAt),
  };
}

function shanghaiTime(at: Date | null): string {
  return at ? new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 23).replace('T', ' ') : '';
}
