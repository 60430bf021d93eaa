import { blue, type CustomApi, dashed, draw, ends, ground, ink, quiet, type Size } from './chart-base.ts'

export type { Size } from './chart-base.ts'
export { type IntervalRow, intervalsChart } from './intervals-chart.ts'

/**
 * The charts of the page, drawn by Apache ECharts into SVG, so that the page needs no script. Loaded only
 * when a page is made. Names, numbers and labels come written in the language of the page.
 */

/** The colours of the faces as ink. */
const faceInk = { satisfied: '#008055', neutral: '#8a6100', dissatisfied: '#cc334d' } as const

export interface ShareBar {
  face: keyof typeof faceInk
  name: string
  share: number
  label: string
}

/** One bar of all votes, each face in its own colour and pattern. */
export function sharesChart(bars: readonly ShareBar[], size: Size): string {
  return draw(size, 64, {
    aria: { enabled: true, label: { enabled: false }, decal: { show: true, decals: decals() } },
    grid: { left: 0, right: 0, top: 2, bottom: 2 },
    xAxis: { type: 'value', max: 1, show: false },
    yAxis: { type: 'category', data: [''], show: false },
    series: bars.map(({ face, name, share, label }) => ({
      type: 'bar',
      name,
      stack: 'all',
      barWidth: 56,
      data: [share],
      itemStyle: { color: faceInk[face], borderColor: '#fff', borderWidth: 2 },
      label: {
        show: share > (size.narrow ? 0.22 : 0.09),
        formatter: label,
        color: ink,
        backgroundColor: '#fff',
        padding: [3, 8],
        borderRadius: 4,
        fontSize: 16,
        fontWeight: 600,
      },
    })),
  })
}

/** For people who see no colours: lines up, dots, lines down. */
function decals() {
  const color = 'rgba(255, 255, 255, 0.28)'
  return [
    { symbol: 'none' },
    { symbol: 'circle', dashArrayX: [[8, 8]], dashArrayY: [8, 8], symbolSize: 0.6, color },
    { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [3, 8], rotation: -Math.PI / 4, color },
  ]
}

export interface NamedBar {
  name: string
  share: number
  label: string
}

/** A bar for each, the longest first, with its name above and its number behind it. */
export function barsChart(bars: readonly NamedBar[], size: Size): string {
  const names = { color: ink, fontSize: 15, align: 'left', verticalAlign: 'bottom', padding: [0, 0, 12, 0] }
  return draw(size, bars.length * 56 + 8, {
    grid: { left: 0, right: size.narrow ? 118 : 150, top: 8, bottom: 0 },
    xAxis: { type: 'value', min: 0, max: Math.max(...bars.map(({ share }) => share)), show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ name }) => name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...names, inside: true, margin: 0 },
      z: 3,
    },
    series: [
      {
        type: 'bar',
        barWidth: 18,
        barCategoryGap: 0,
        data: bars.map(({ share, label }) => ({ value: share, label: { formatter: label } })),
        itemStyle: { color: blue, borderRadius: [0, 3, 3, 0] },
        label: { show: true, position: 'right', color: ink, fontSize: 15, fontWeight: 600 },
      },
    ],
  })
}

export interface HeatCell {
  column: number
  row: number
  /** Undefined: there are votes, but too few. */
  index: number | undefined
  label: string
}

/** Hours by weekdays, darker the further from the whole: orange below it, blue above it, the number in each. */
export function heatChart(
  { columns, rows, cells, middle }: { columns: string[]; rows: string[]; cells: HeatCell[]; middle: number },
  size: Size,
): string {
  const shown = cells.filter((cell) => cell.index !== undefined)
  const reach = Math.max(10, ...shown.map(({ index }) => Math.abs(index! - middle)))
  const axis = { axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } }
  const label = { color: ink, fontSize: size.narrow ? 13 : 15 }
  return draw(size, rows.length * 38 + 34, {
    grid: { left: size.narrow ? 44 : 64, right: 2, top: 32, bottom: 2 },
    xAxis: {
      type: 'category',
      position: 'top',
      data: columns,
      ...axis,
      axisLabel: { ...label, interval: 0 },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows,
      ...axis,
      axisLabel: { ...label, color: quiet, interval: 0 },
    },
    visualMap: {
      show: false,
      min: middle - reach,
      max: middle + reach,
      dimension: 2,
      seriesIndex: 0,
      inRange: { color: ['#f0957d', '#f8d3c8', '#f5f6f7', '#c4dcf5', '#7db3ec'] },
    },
    series: [
      {
        type: 'heatmap',
        data: shown.map(({ column, row, index, label: text }) => ({
          value: [column, row, index],
          label: { formatter: text },
        })),
        label: { show: true, ...label, fontWeight: 600 },
        itemStyle: { borderColor: '#fff', borderWidth: 3, borderRadius: 5 },
      },
      {
        type: 'scatter',
        symbol: 'circle',
        symbolSize: 5,
        itemStyle: { color: quiet },
        data: cells.filter(({ index }) => index === undefined).map(({ column, row }) => [column, row]),
      },
    ],
  })
}

export interface TrendPoint {
  name: string
  /** Undefined: no votes, or too few. */
  value: { index: number; low: number; high: number } | undefined
}

/** The index over time with its interval, and the whole period as a dashed line. */
export function trendChart(
  { points, whole, format }: { points: TrendPoint[]; whole: number; format: (index: number) => string },
  size: Size,
): string {
  const values = points.flatMap(({ value }) => (value ? [value.low, value.high] : []))
  const { min, max, step } = ends(values)
  return draw(size, size.narrow ? 220 : 270, {
    grid: { left: 40, right: 12, top: 12, bottom: 30 },
    xAxis: {
      type: 'category',
      data: points.map(({ name }) => name),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: quiet } },
      axisLabel: {
        color: ink,
        fontSize: 13,
        interval: Math.max(0, Math.ceil(points.length / (size.narrow ? 4 : 8)) - 1),
      },
    },
    yAxis: {
      type: 'value',
      min,
      max,
      interval: step,
      axisLabel: { color: ink, fontSize: 13, formatter: format },
      splitLine: { lineStyle: { color: ground } },
    },
    series: [
      band(points),
      {
        type: 'line',
        data: points.map(({ value }) => value?.index ?? null),
        symbol: 'circle',
        symbolSize: 7,
        showAllSymbol: true,
        lineStyle: { color: blue, width: 2.5 },
        itemStyle: { color: blue, borderColor: '#fff', borderWidth: 1 },
        markLine: dashed({ yAxis: whole }),
      },
    ],
  })
}

/** A thick pale line from the lower to the upper end of each interval. */
function band(points: readonly TrendPoint[]) {
  return {
    type: 'custom',
    data: points.flatMap(({ value }, i) => (value ? [[i, value.low, value.high]] : [])),
    renderItem: (_: unknown, api: CustomApi) => {
      const [x = 0, low = 0] = api.coord([api.value(0), api.value(1)])
      const [, high = 0] = api.coord([api.value(0), api.value(2)])
      const width = Math.min(14, Math.max(3, (api.size?.([1, 0])[0] ?? 8) * 0.55))
      return {
        type: 'rect',
        shape: { x: x - width / 2, y: high, width, height: low - high, r: width / 4 },
        style: { fill: '#bfd9f2' },
      }
    },
  }
}
