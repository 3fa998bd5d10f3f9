package dev.lethe.worker.report;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.context.MapValueResolver;
import com.github.jknack.handlebars.io.ClassPathTemplateLoader;
import dev.lethe.merge.compare.Comparison;
import dev.lethe.merge.method.Similarity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A comparison as coloured tables, modules by layers: one file that loads nothing from anywhere and runs no script. Equal
 * input gives equal bytes.
 */
public final class HeatMap {
    private static final Handlebars TEMPLATES =
            new Handlebars(new ClassPathTemplateLoader("/dev/lethe/worker/report", ".hbs"));
    private static final Pattern LAYERED = Pattern.compile("(|.*?\\.)(\\d{1,6})\\.(.*)");
    private static final int NO_LAYER = -1;

    private HeatMap() {}

    /** @param tables one for each measure */
    record Page(
            String first,
            String second,
            @Nullable String base,
            String density,
            List<Grid> tables,
            List<String> others) {}

    /** @param layers the heads of the columns */
    record Grid(String title, String meaning, List<String> layers, List<Line> lines) {}

    /** A module in all layers. */
    record Line(String module, List<Cell> cells) {}

    /** @param colour a CSS colour */
    record Cell(String text, String title, String colour) {}

    /** The page's text. */
    public static String of(Comparison comparison, Path first, Path second, @Nullable Path base, double density) {
        List<Grid> tables = List.of(
                grid(
                        comparison,
                        "Cosine",
                        "1 is the same direction, 0 none in common, −1 opposite",
                        Similarity::cosine),
                grid(
                        comparison,
                        "Sign agreement",
                        "share of elements where both have the same sign",
                        Similarity::signAgreement),
                grid(
                        comparison,
                        "Overlap",
                        "share of what a trim keeps of A that it keeps of B too",
                        Similarity::overlap),
                grid(comparison, "Distance", "length of A − B by that of A and B together", HeatMap::relativeDistance));
        Page page = new Page(
                first.toString(),
                second.toString(),
                base == null ? null : base.toString(),
                Double.toString(density),
                tables,
                comparison.others());
        Context context = Context.newBuilder(page)
                .resolver(RecordValueResolver.INSTANCE, MapValueResolver.INSTANCE)
                .build();
        try {
            return TEMPLATES.compile("heatmap").apply(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double relativeDistance(Similarity similarity) {
        double norms = similarity.norms().getFirst() + similarity.norms().getLast();
        return norms == 0 ? 0 : similarity.distance() / norms;
    }

    private static Grid grid(
            Comparison comparison, String title, String meaning, ToDoubleFunction<Similarity> measure) {
        SortedMap<String, SortedMap<Integer, Cell>> byModule = new TreeMap<>();
        SortedMap<Integer, String> layers = new TreeMap<>();
        comparison.tensors().forEach((name, similarity) -> {
            Matcher matcher = LAYERED.matcher(name);
            int layer = matcher.matches() ? Integer.parseInt(matcher.group(2)) : NO_LAYER;
            String module = matcher.matches() ? matcher.group(1) + "*." + matcher.group(3) : name;
            layers.put(layer, layer == NO_LAYER ? "–" : Integer.toString(layer));
            byModule.computeIfAbsent(module, m -> new TreeMap<>())
                    .put(layer, cell(name, measure.applyAsDouble(similarity)));
        });
        Cell nothing = new Cell("", "", "transparent");
        List<Line> lines = new ArrayList<>();
        byModule.forEach((module, cells) -> lines.add(new Line(
                module,
                layers.keySet().stream()
                        .map(layer -> cells.getOrDefault(layer, nothing))
                        .toList())));
        return new Grid(title, meaning, List.copyOf(layers.values()), lines);
    }

    /** Blue above 0, red below, white at 0; the number is there too, for those who do not see colours. */
    private static Cell cell(String name, double value) {
        double strength = Math.min(1, Math.abs(value));
        int light = (int) Math.round(97 - 47 * strength);
        String colour = "hsl(%d 70%% %d%%)".formatted(value < 0 ? 10 : 215, light);
        return new Cell(
                String.format(Locale.ROOT, "%.2f", value),
                name + ": " + String.format(Locale.ROOT, "%.5f", value),
                colour);
    }
}
