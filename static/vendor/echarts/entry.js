/* What echarts.js is made of: the parts of Apache ECharts that the map of clusters draws with (see VERSION). */
import { use } from "echarts/core";
import { ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
use([ScatterChart, GridComponent, CanvasRenderer]);
export { init } from "echarts/core";
