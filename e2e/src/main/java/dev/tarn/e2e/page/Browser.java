package dev.tarn.e2e.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A {@link Chromium} that is driven. Used by one thread. */
public final class Browser implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Notes what the page's policy kept from happening. */
  private static final String NOTE_VIOLATIONS =
      """
      window.tarnViolations = [];
      addEventListener('securitypolicyviolation',
        e => tarnViolations.push(e.effectiveDirective + ' ' + e.blockedURI));
      """;

  /** It warns that it does not know this Chromium's own protocol, of which nothing is used here. */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium.devtools");

  static {
    SELENIUM.setLevel(Level.SEVERE);
  }

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  public static List<Need> needs() {
    return List.of(Chromium.need(), Need.debian("chromedriver", "chromium-driver"));
  }

  /** Starts one; the workspace ends it. */
  public static Browser start(Workspace workspace) {
    Path home = workspace.makeDirectory("browser");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(Tools.onPath("chromium").orElseThrow().toFile());
    options.addArguments(Chromium.options(home));
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Tools.onPath("chromedriver").orElseThrow().toFile())
            .usingAnyFreePort()
            .withLogFile(workspace.directory().resolve("chromedriver.log").toFile())
            .withEnvironment(
                Map.of("HOME", home.toString(), "TMPDIR", home.toString(), "TZ", "UTC"))
            .build();
    Browser browser = workspace.own(new Browser(new ChromeDriver(service, options)));
    browser.command("Page.addScriptToEvaluateOnNewDocument", Map.of("source", NOTE_VIOLATIONS));
    browser.screen(Screen.DESKTOP);
    // What it had to begin with is its own.
    browser.driver.get("about:blank");
    var _ = browser.loaded();
    return browser;
  }

  private void command(String method, Map<String, Object> parameters) {
    var _ = driver.executeCdpCommand(method, parameters);
  }

  /** What somebody looks at the page with. */
  enum Screen {
    DESKTOP(1280, 960, 1, false),
    PHONE(390, 844, 2, true),
    /** What WCAG 2.2, 1.4.10, asks for. */
    NARROW(320, 640, 1, true);

    private final int width;
    private final int height;
    private final int density;
    private final boolean mobile;

    Screen(int width, int height, int density, boolean mobile) {
      this.width = width;
      this.height = height;
      this.density = density;
      this.mobile = mobile;
    }
  }

  /** What somebody prefers. */
  enum Scheme {
    LIGHT("light"),
    DARK("dark");

    private final String value;

    Scheme(String value) {
      this.value = value;
    }
  }

  Browser screen(Screen screen) {
    command(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            screen.width,
            "height",
            screen.height,
            "deviceScaleFactor",
            screen.density,
            "mobile",
            screen.mobile));
    return this;
  }

  Browser prefers(Scheme scheme, boolean lessMotion) {
    command(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme.value),
                Map.of(
                    "name",
                    "prefers-reduced-motion",
                    "value",
                    lessMotion ? "reduce" : "no-preference"))));
    return this;
  }

  public void open(URI address) {
    driver.get(address.toString());
  }

  void reload() {
    driver.navigate().refresh();
  }

  String address() {
    return String.valueOf(driver.getCurrentUrl());
  }

  String title() {
    return String.valueOf(driver.getTitle());
  }

  /** Opens a tab before the one that was looked at, and gives a handle to go back with. */
  String openTab(URI address) {
    String before = driver.getWindowHandle();
    driver.switchTo().newWindow(WindowType.TAB);
    open(address);
    return before;
  }

  /** Closes the tab that is looked at, for another one. */
  void closeTabFor(String handle) {
    driver.close();
    driver.switchTo().window(handle);
  }

  /** What a script returns; it may use {@code arguments}. */
  @Nullable Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** What a script hands to the last of its {@code arguments}. */
  @Nullable Object runAsync(String script, Object... arguments) {
    return driver.executeAsyncScript(script, arguments);
  }

  boolean holds(String expression) {
    return Boolean.TRUE.equals(run("return " + expression));
  }

  double number(String expression) {
    return run("return " + expression) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** The text somebody sees in the first element of that selector; empty where none is. */
  public String text(String selector) {
    return String.valueOf(
        run(
            "const e = document.querySelector(arguments[0]);"
                + " return e && e.checkVisibility() ? e.innerText : '';",
            selector));
  }

  void click(String selector) {
    driver.findElement(By.cssSelector(selector)).click();
  }

  /** Types into whatever has the focus. */
  void type(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Waits until the page is as it should be. */
  void await(String what, Duration limit, Callable<Boolean> condition) throws Exception {
    Await.until(what, limit, PAUSE, condition);
  }

  public byte[] screenshot() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  /** What the page said on the console since this was last asked, and errors of the browser's. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** What the page's policy kept from happening. */
  String violations() {
    return String.valueOf(run("return tarnViolations.join('; ')"));
  }

  /** Something that was loaded: from where, and how long it was on the wire. */
  record Loaded(String url, long bytes) {}

  /** Everything that was asked for since this was last asked, by any tab. */
  List<Loaded> loaded() {
    Map<String, Loaded> loaded = new LinkedHashMap<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode event = event(entry);
      JsonNode parameters = event.path("params");
      String id = parameters.path("requestId").asText();
      switch (event.path("method").asText()) {
        case "Network.requestWillBeSent" ->
            loaded.put(id, new Loaded(parameters.path("request").path("url").asText(), 0));
        case "Network.loadingFinished" ->
            loaded.computeIfPresent(
                id,
                (_, asked) ->
                    new Loaded(asked.url(), parameters.path("encodedDataLength").asLong()));
        default -> {}
      }
    }
    return new ArrayList<>(loaded.values());
  }

  private static JsonNode event(LogEntry entry) {
    try {
      return JSON.readTree(entry.getMessage()).path("message");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
