import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent, VisualMapComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

/** What all charts share: the parts of ECharts that are used, colours, letters, and how one is drawn. */

use([
  AriaComponent,
  BarChart,
  CustomChart,
  GridComponent,
  HeatmapChart,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  VisualMapComponent,
])

/** Of the design system of the Italian public services. */
export const ink = '#17324d'
export const quiet = '#455b71'
export const ground = '#d9dadb'
export const blue = '#0066cc'
const letters = 'Titillium Web, Geneva, Tahoma, sans-serif'

/** Size of a drawing; the page shows the narrow one where there is little room. */
export interface Size {
  width: number
  narrow: boolean
}

/** What ECharts hands to whoever draws the items of a series. */
export interface CustomApi {
  coord: (point: number[]) => number[]
  value: (dimension: number) => number
  size?: (of: number[]) => number[]
}

/** Round numbers around all values, and between them. */
export function ends(values: readonly number[]) {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const step = high - low > 30 ? 20 : 10
  return { min: Math.floor(low / step) * step, max: Math.ceil(high / step) * step, step }
}

/** The value of the whole, as a line across. */
export function dashed(at: object) {
  return {
    symbol: 'none',
    z: 1,
    label: { show: false },
    lineStyle: { color: ink, type: [5, 4], width: 1.2 },
    data: [at],
  }
}

export function draw({ width }: Size, height: number, option: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: letters },
      ...option,
      series: (option.series as object[]).map((one) => ({
        silent: true,
        emphasis: { disabled: true },
        ...one,
      })),
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
