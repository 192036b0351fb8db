/**
 * Pictures of results: one HTML file that needs nothing else, no script and no other host, in light
 * and dark, on paper and on a phone. The same results always give the same bytes.
 *
 * <p>Start at {@link io.mlserve.bench.chart.HtmlReport}. Each picture is a class of its own, drawn
 * with {@link io.mlserve.bench.chart.Svg} on {@link io.mlserve.bench.chart.Axis axes}; each is
 * drawn twice, for wide and for narrow screens.
 *
 * <p>What is shown was found elsewhere: nothing is concluded here.
 */
@NullMarked
package io.mlserve.bench.chart;

import org.jspecify.annotations.NullMarked;
