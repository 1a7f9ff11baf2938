"""What can be wrong with how a page looks in Chromium, found by scripts in the page, for tests."""

from pathlib import Path

AXE = Path(__file__).parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
"""The script without which `BROKEN` cannot run: `page.evaluate(AXE.read_text())` first."""
LISTENS = "document.addEventListener('securitypolicyviolation', e => console.error('policy', e.violatedDirective))"
"""Before a page loads: what its content policy refuses becomes a message of the console."""
LAYOUT = """() => {
  const wide = [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
      && !e.closest('.govuk-visually-hidden, .govuk-skip-link, .app-board') && e.checkVisibility())
    .map(e => `runs off: ${e.tagName}.${e.className}`);
  const scrolls = document.documentElement.scrollWidth > window.innerWidth ? ['scrolls sideways'] : [];
  const low = [...document.querySelectorAll('button, summary, select, .govuk-button, nav a, .app-chips a')]
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, r]) => r.width && (r.height < 24 || r.width < 24) && !e.matches('.app-default'))
    .map(([e, r]) => `too small: ${e.outerHTML.slice(0, 80)} ${r.height}`);
  return [...wide, ...scrolls, ...low];
}"""
"""A list of sentences: targets under 24 px, and what runs off the page."""
BROKEN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`)"""
"""A list of sentences: what axe finds of WCAG 2.2 AA."""
