/** Fictional people of the fictional province Lam Giang, and what they write about. */
const families = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Huỳnh', 'Võ', 'Đặng', 'Bùi', 'Đỗ', 'Hồ', 'Ngô', 'Dương', 'Lý', 'Phan'];
const middles = ['Văn', 'Thị', 'Minh', 'Ngọc', 'Thanh', 'Hữu', 'Quốc', 'Kim', 'Đức', 'Thùy', 'Xuân', 'Hoàng'];
const givens = ['An', 'Bình', 'Chi', 'Dũng', 'Đào', 'Giang', 'Hà', 'Hạnh', 'Hùng', 'Khánh', 'Lan', 'Liễu', 'Long', 'Mỹ', 'Nga', 'Phúc', 'Quyên', 'Sơn', 'Thảo', 'Trí', 'Tuấn', 'Uyên', 'Vân', 'Yến'];

export const agencies = [
  ['vpubnd', 'Văn phòng UBND tỉnh'],
  ['sonoivu', 'Sở Nội vụ'],
  ['sotaichinh', 'Sở Tài chính'],
  ['sokhcn', 'Sở Khoa học và Công nghệ'],
  ['soyte', 'Sở Y tế'],
  ['sogddt', 'Sở Giáo dục và Đào tạo'],
  ['sonnmt', 'Sở Nông nghiệp và Môi trường'],
  ['soxd', 'Sở Xây dựng'],
  ['sotuphap', 'Sở Tư pháp'],
  ['thanhtra', 'Thanh tra tỉnh'],
  ['p-binhhoa', 'UBND phường Bình Hòa'],
  ['x-tanthoi', 'UBND xã Tân Thới'],
  ['x-phumy', 'UBND xã Phú Mỹ Đông'],
  ['dk-honngoc', 'UBND đặc khu Hòn Ngọc'],
];

const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();

/** `count` people: account name, full name, agency, role, address on the government network, browser. */
export function createPeople(random, count, agents) {
  const people = [];
  const accounts = new Set();
  while (people.length < count) {
    const [family, middle, given] = [random.pick(families), random.pick(middles), random.pick(givens)];
    const [agencyId, agency] = random.pick(agencies);
    const account = `${fold(family)[0]}${fold(middle)[0]}${fold(given)}.${agencyId}`;
    if (accounts.has(account) || account === 'ltmai.sonoivu') continue;
    accounts.add(account);
    people.push({
      account,
      name: `${family} ${middle} ${given}`,
      agency,
      role: random.pick(['van_thu', 'chuyen_vien', 'chuyen_vien', 'chuyen_vien', 'lanh_dao_phong', 'lanh_dao']),
      ip: `198.51.100.${random.between(10, 250)}`,
      agent: random.pick(agents),
      session: random.hex(12),
    });
  }
  return people;
}

export const subjects = [
  'V/v rà soát chế độ báo cáo định kỳ của các sở, ngành',
  'V/v triển khai Tháng hành động vì môi trường',
  'V/v góp ý dự thảo Quyết định phân cấp quản lý tài sản công',
  'V/v cử cán bộ tham dự lớp bồi dưỡng kỹ năng số',
  'V/v báo cáo tiến độ giải ngân vốn đầu tư công quý IV',
  'V/v tăng cường kỷ luật, kỷ cương hành chính',
  'V/v xử lý phản ánh, kiến nghị của người dân',
  'V/v phòng, chống hạn mặn mùa khô 2026–2027',
  'Giấy mời họp giao ban tuần của Thường trực UBND tỉnh',
  'Kế hoạch chuyển đổi số của tỉnh năm 2027',
  'Thông báo kết luận của Phó Chủ tịch UBND tỉnh tại cuộc họp về an toàn thông tin',
  'Báo cáo kết quả công tác cải cách hành chính tháng 11',
  'Tờ trình về chủ trương đầu tư đường tỉnh 884',
  'V/v sáp nhập tổ dân phố, ấp trên địa bàn',
  'V/v đôn đốc nộp hồ sơ đề xuất cấp độ hệ thống thông tin',
];

export const newsSlugs = [
  'hoi-nghi-tong-ket-cong-tac-cai-cach-hanh-chinh',
  'khanh-thanh-cau-song-lam',
  'lich-tiep-cong-dan-thang-12',
  'tap-huan-ky-nang-so-cho-can-bo-xa',
  'thong-bao-lich-cat-dien',
  'ket-qua-thi-tuyen-cong-chuc-2026',
  'gia-lua-dong-xuan-on-dinh',
  'ra-mat-to-cong-nghe-so-cong-dong',
  'du-bao-xam-nhap-man',
  'ngay-hoi-van-hoa-cac-dan-toc',
];
