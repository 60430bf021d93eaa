import { blue, type CustomApi, dashed, draw, ends, ground, ink, type Size } from './chart-base.ts'

export interface IntervalRow {
  name: string
  value: number
  low: number
  high: number
  label: string
  /** What it is compared with, drawn as a diamond. */
  other?: number
}

/** A dot with its interval for each row; its name stands before it, or above it where it is narrow. */
export function intervalsChart(
  { rows, format, whole }: { rows: IntervalRow[]; format: (value: number) => string; whole?: number },
  size: Size,
): string {
  const { min, max, step } = ends(
    rows.flatMap(({ low, high, other = low }) => [low, high, other, whole ?? low]),
  )
  const down = size.narrow ? 9 : 0
  const dots = { type: 'scatter', symbolOffset: [0, down] }
  return draw(size, rows.length * (size.narrow ? 50 : 38) + 30, {
    grid: { left: size.narrow ? 4 : 292, right: size.narrow ? 62 : 150, top: 6, bottom: 26 },
    xAxis: {
      type: 'value',
      min,
      max,
      interval: step,
      axisLabel: {
        color: ink,
        fontSize: 13,
        formatter: format,
        ...(size.narrow && { alignMinLabel: 'left' }),
      },
      splitLine: { lineStyle: { color: ground } },
    },
    yAxis: namesAxis(
      rows.map(({ name }) => name),
      size,
    ),
    series: [
      whiskers(rows, down),
      {
        ...dots,
        symbolSize: 13,
        itemStyle: { color: blue, opacity: 1 },
        data: rows.map(({ value }, i) => [value, i]),
        ...(whole !== undefined && { markLine: dashed({ xAxis: whole }) }),
      },
      {
        ...dots,
        symbol: 'diamond',
        symbolSize: 14,
        itemStyle: { color: '#fff', borderColor: ink, borderWidth: 2, opacity: 1 },
        data: rows.flatMap(({ other }, i) => (other === undefined ? [] : [[other, i]])),
      },
      {
        type: 'scatter',
        symbolSize: 0,
        itemStyle: { opacity: 1 },
        data: rows.map(({ label }, i) => ({
          value: [max, i],
          label: {
            show: true,
            formatter: label,
            position: 'right',
            color: ink,
            fontSize: 15,
            offset: [6, down],
          },
        })),
      },
    ],
  })
}

function namesAxis(names: string[], size: Size) {
  const above = {
    inside: true,
    margin: 0,
    verticalAlign: 'bottom',
    padding: [0, 2, 5, 0],
    backgroundColor: '#fff',
  }
  return {
    type: 'category',
    inverse: true,
    data: names,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      color: ink,
      fontSize: 15,
      align: 'left',
      interval: 0,
      ...(size.narrow ? above : { margin: 290, width: 276, overflow: 'truncate' }),
    },
    z: 3,
  }
}

function whiskers(rows: readonly IntervalRow[], down: number) {
  return {
    type: 'custom',
    data: rows.map(({ low, high }, i) => [low, high, i]),
    encode: { x: [0, 1], y: 2 },
    renderItem: (_: unknown, api: CustomApi) => {
      const [x1 = 0, y = 0] = api.coord([api.value(0), api.value(2)])
      const [x2 = 0] = api.coord([api.value(1), api.value(2)])
      return {
        type: 'rect',
        shape: { x: x1, y: y - 3 + down, width: Math.max(1, x2 - x1), height: 6, r: 3 },
        style: { fill: '#9cc3ea' },
      }
    },
  }
}
