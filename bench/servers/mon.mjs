import { PerformanceObserver, performance } from "node:perf_hooks";
const t0=performance.now();
new PerformanceObserver((l)=>{for(const e of l.getEntries()) if(e.duration>8) process.stderr.write(`\n[gc kind=${e.detail.kind} ${e.duration.toFixed(1)}ms at ${e.startTime.toFixed(0)}]`)}).observe({entryTypes:["gc"]});
let last=performance.now(); let u=process.cpuUsage();
const tick=()=>{const now=performance.now();const d=now-last; if(d>25){const c=process.cpuUsage(u);process.stderr.write(`\n[loop gap ${d.toFixed(1)}ms at ${now.toFixed(0)} cpu user ${(c.user/1000).toFixed(0)} sys ${(c.system/1000).toFixed(0)}]`)} last=now;u=process.cpuUsage();setTimeout(tick,2).unref();};
setTimeout(tick,2).unref();
