package io.github.qwen3tts.golden;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** Runs every golden check of a directory: {@code ./dev golden DIR}. */
public final class GoldenRunner {

    private GoldenRunner() {}

    /** How many checks passed, and how many did not. */
    record Totals(int passed, int failed) {}

    /** Ends with {@code N passed, M failed}; the exit status is 1 if any failed. */
    public static void main(String[] args) throws IOException {
        Totals totals = run(Path.of(args[0]), System.out);
        System.exit(totals.failed() == 0 && totals.passed() > 0 ? 0 : 1);
    }

    static Totals run(Path root, PrintStream out) throws IOException {
        int passed = 0;
        int failed = 0;
        try (GoldenChecks models = new GoldenChecks()) {
            for (Check check : Check.of(root, models)) {
                Report report = check.run();
                out.println((report.passed() ? "passed " : "FAILED ") + check.kind() + " " + check.name());
                report.lines().forEach(out::println);
                passed += report.passed() ? 1 : 0;
                failed += report.passed() ? 0 : 1;
            }
        }
        out.println(passed + " passed, " + failed + " failed");
        return new Totals(passed, failed);
    }
}
