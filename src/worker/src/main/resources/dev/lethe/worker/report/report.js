// Draws every chart from the option that stands beside it, in the colours of the page.
(function () {
  'use strict';
  var PRINT_WIDTH = 640;
  var charts = [];

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function theme() {
    var quiet = colour('--quiet');
    var axis = {
      axisLine: { lineStyle: { color: colour('--line') } },
      axisTick: { lineStyle: { color: colour('--line') } },
      axisLabel: { color: quiet },
      nameTextStyle: { color: quiet },
      splitLine: { lineStyle: { color: colour('--grid') } }
    };
    var font = getComputedStyle(document.body).fontFamily;
    return {
      textStyle: { fontFamily: font, color: colour('--ink') },
      legend: { textStyle: { color: colour('--ink') }, pageTextStyle: { color: quiet } },
      tooltip: {
        backgroundColor: colour('--raised'), borderColor: colour('--line'), textStyle: { color: colour('--ink') }
      },
      valueAxis: axis,
      categoryAxis: axis
    };
  }

  // Labels are drawn in the ink of the page, which the options do not know.
  function inked(option) {
    option.series.forEach(function (series) {
      if (series.label && series.label.show) {
        series.label.color = colour('--ink');
      }
    });
    return option;
  }

  function draw(width) {
    charts.forEach(function (chart) { chart.dispose(); });
    charts = Array.from(document.querySelectorAll('.chart')).map(function (place) {
      var option = JSON.parse(place.nextElementSibling.textContent);
      var chart = echarts.init(place, theme(), { renderer: 'svg', width: width });
      chart.setOption(inked(option));
      return chart;
    });
  }

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { draw(); });
  addEventListener('resize', function () { charts.forEach(function (chart) { chart.resize(); }); });
  addEventListener('beforeprint', function () { draw(PRINT_WIDTH); });
  addEventListener('afterprint', function () { draw(); });
})();
