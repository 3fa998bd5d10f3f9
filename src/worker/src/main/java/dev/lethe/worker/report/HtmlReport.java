package dev.lethe.worker.report;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.context.MapValueResolver;
import com.github.jknack.handlebars.io.ClassPathTemplateLoader;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * {@code report.html}: a run for people, in one file that loads nothing from anywhere. Equal input gives equal bytes.
 *
 * <p>Its words are in the template {@code report.hbs}, its charts are <a href="https://echarts.apache.org">ECharts</a>
 * options beside the inlined script that draws them; a content security policy forbids it any request.
 */
public final class HtmlReport {
    private static final Handlebars TEMPLATES =
            new Handlebars(new ClassPathTemplateLoader("/dev/lethe/worker/report", ".hbs"));

    private HtmlReport() {}

    /**
     * Writes the report as a whole or not at all; an older one is replaced.
     *
     * @throws InvalidInput where the file cannot be written
     */
    public static void write(ReportInput input, Path file) {
        AtomicFile.write(file, html(input));
    }

    /** The report's text. */
    public static String html(ReportInput input) {
        Context context = Context.newBuilder(ReportPage.of(input))
                .combine("style", resource("report.css"))
                .combine("echarts", resource("echarts.common.min.js"))
                .combine("script", resource("report.js"))
                .resolver(RecordValueResolver.INSTANCE, MapValueResolver.INSTANCE)
                .build();
        try {
            return TEMPLATES.compile("report").apply(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
