package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages lead where they say. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern EXAMPLE = Pattern.compile("(?<![\\w./])examples/[\\w/.-]*\\w/?(?![\\w$])");

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkOfAPageLeadsSomewhere(String page) {
        var file = Chart.HOME.resolve(page);
        assertThat(LINK.matcher(text(file)).results().map(link -> link.group(1)))
                .filteredOn(link -> !link.contains("://"))
                .allSatisfy(link -> {
                    var parts = link.split("#", 2);
                    var target = parts[0].isEmpty() ? file : file.resolveSibling(parts[0]);
                    assertThat(target).exists();
                    if (parts.length == 2) {
                        assertThat(anchors(target)).contains(parts[1]);
                    }
                });
    }

    /** What a command in a page names is there. */
    @ParameterizedTest
    @MethodSource("pages")
    void everyExampleThatAPageNamesIsThere(String page) {
        assertThat(EXAMPLE.matcher(text(Chart.HOME.resolve(page))).results().map(MatchResult::group))
                .allSatisfy(path -> assertThat(Chart.HOME.resolve(path)).exists());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Context", "Decision", "Why", "What it costs", "What would change it"})
    void everyDecisionAnswersTheSameQuestions(String heading) throws IOException {
        var index = Chart.HOME.resolve("docs/decisions/README.md");
        try (var pages = Files.list(index.getParent())) {
            assertThat(pages.filter(page -> !page.equals(index))).isNotEmpty().allSatisfy(page -> {
                assertThat(text(page)).containsOnlyOnce("\n## " + heading + "\n");
                assertThat(text(index)).contains("](" + page.getFileName() + ")");
            });
        }
    }

    static List<String> pages() throws IOException {
        var pages = new ArrayList<String>();
        for (var folder : List.of(".", "docs", "examples", "bench")) {
            try (var files = Files.walk(Chart.HOME.resolve(folder), folder.equals(".") ? 1 : Integer.MAX_VALUE)) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .map(file -> Chart.HOME.relativize(file.normalize()).toString())
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    /** As forges make them of headings. */
    private static List<String> anchors(Path page) {
        return Pattern.compile("(?m)^#+ (.*)$")
                .matcher(text(page))
                .results()
                .map(heading -> heading.group(1)
                        .replaceAll("\\]\\([^)]*\\)", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
